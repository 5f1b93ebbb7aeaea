package dev.lamina.cli;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.check.CheckResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The worst errors of a device's operations, printed as they are found. */
final class DoctorTable {
  private static final int NAME = 10;
  private static final int CELL = 11;

  private final Console console;
  private final List<String> failures = new ArrayList<>();
  private int checks;
  private boolean hasHeader;
  private String kernels = "";

  DoctorTable(Console console) {
    this.console = console;
  }

  void begin(Device device) {
    console.line(device.id() + "  " + device.name());
    console.line("Worst error of each operation, as a part of the magnitude of what is summed:");
    console.line("");
    console.out().flush();
  }

  /** Begins a section for the next kernels. */
  void kernels(CpuKernels kernels) {
    console.line(kernels.label() + ": " + kernels.title());
    this.kernels = kernels.label() + " ";
    hasHeader = false;
  }

  /** Prints a line of the table: a type and its operations. */
  void row(String subject, Supplier<List<CheckResult>> check) {
    List<CheckResult> results = results(subject, check);
    if (!hasHeader && !results.isEmpty()) {
      hasHeader = true;
      line("", results.stream().map(CheckResult::operation).toList());
    }
    line(subject, results.stream().map(DoctorTable::cell).toList());
  }

  void endPart() {
    console.line("");
  }

  /** Prints a line for each result. */
  void list(String subject, Supplier<List<CheckResult>> check) {
    for (CheckResult result : results(subject, check)) {
      console.line("%-12s%-40s%s".formatted(result.operation(), result.subject(), cell(result)));
    }
    console.out().flush();
  }

  /** Prints the failures and returns their number. */
  int end() {
    console.line("");
    failures.forEach(failure -> console.line("FAILED: " + failure));
    if (failures.isEmpty()) {
      console.line("All " + checks + " checks passed.");
    }
    console.line("");
    console.out().flush();
    return failures.size();
  }

  private List<CheckResult> results(String subject, Supplier<List<CheckResult>> check) {
    try {
      List<CheckResult> results = check.get();
      results.stream().filter(r -> !r.ok()).forEach(r -> failures.add(kernels + r));
      checks += results.size();
      return results;
    } catch (BackendException e) {
      failures.add(kernels + subject + ": " + e.getMessage());
      return List.of();
    }
  }

  private static String cell(CheckResult result) {
    String error = result.error() == 0 ? "exact" : "%.0e".formatted(result.error());
    return result.ok() ? error : error + " !";
  }

  private void line(String name, List<String> cells) {
    StringBuilder line = new StringBuilder(name + " ".repeat(NAME - name.length()));
    for (String cell : cells) {
      line.append(" ".repeat(Math.max(1, CELL - cell.length()))).append(cell);
    }
    console.line(line.toString());
    console.out().flush();
  }
}
