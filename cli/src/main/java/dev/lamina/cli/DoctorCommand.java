package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.check.Doctor;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.placement.DeviceChoice;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.runtime.Backends;
import dev.lamina.runtime.Backends.Opened;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.runtime.ModelSettings;
import dev.lamina.runtime.PhysicalCores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Tests whether devices compute correctly. */
final class DoctorCommand implements Command {
  private final Console console;
  private CommandSpec spec;
  private ModelOptions model = new ModelOptions();
  private String devices;
  private Path reference;

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe(
        "Checks every operation of a device, on every type of weights, against a scalar reference.");
    options.addAll(model);
    options.add(
        OptionSpec.builder("-dev", "--device")
            .paramLabel("ID,ID")
            .description(
                "devices to check, such as cuda:0; none or cpu for the CPU (default: all that can be used)"),
        String.class,
        value -> devices = value);
    options.add(
        OptionSpec.builder("--reference")
            .paramLabel("FILE")
            .description(
                "compare a model with another program's completions (JSON with its log-probabilities), not operations"),
        Path.class,
        value -> reference = value);
  }

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    List<String> ids = devices == null ? usable() : named();
    int failures = 0;
    for (String id : ids) {
      failures += reference == null ? checkOperations(id) : checkModel(id);
    }
    if (failures > 0) {
      throw new CliException(failures == 1 ? "1 check failed" : failures + " checks failed");
    }
  }

  private List<String> named() {
    try {
      return DeviceChoice.parse(devices).ids();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), Errors.refusal(e), e);
    }
  }

  private static List<String> usable() {
    return Backends.probeAll().stream()
        .flatMap(backend -> backend.devices().stream())
        .filter(Device::usable)
        .map(Device::id)
        .toList();
  }

  private static Opened open(String id, CpuKernels kernels) {
    return Backends.open(id, new BackendOptions(PhysicalCores.count(), true, kernels));
  }

  /**
   * Checks operations with all kernels. Only the last kernels also check everything besides
   * attention and products with copies of weights.
   */
  private int checkOperations(String id) {
    DoctorTable table = new DoctorTable(console);
    List<CpuKernels> kinds = Backends.kernels(id);
    for (CpuKernels kernels : kinds) {
      boolean last = kernels == kinds.getLast();
      try (Opened opened = open(id, kernels)) {
        if (kernels == kinds.getFirst()) {
          table.begin(opened.device());
        }
        if (kinds.size() > 1) {
          table.kernels(kernels);
        }
        Doctor doctor = new Doctor(opened.backend());
        Doctor.weightTypes().stream()
            .filter(type -> last || doctor.copies(type))
            .forEach(type -> table.row(type.name(), () -> doctor.weights(type)));
        table.endPart();
        checkAttention(doctor, table);
        if (last) {
          table.list("rows", doctor::rows);
        } else {
          table.endPart();
        }
      }
    }
    return table.end();
  }

  private static void checkAttention(Doctor doctor, DoctorTable table) {
    Doctor.cacheTypes()
        .forEach(keys ->
            Doctor.cacheTypes()
                .forEach(values -> table.list("cache", () -> doctor.attention(keys, values))));
    doctor
        .moreCacheTypes()
        .forEach(type -> table.list("cache", () -> doctor.attention(type, type)));
  }

  private int checkModel(String id) {
    try (GgufFile file = model.open(console);
        Opened opened = open(id, CpuKernels.AUTO)) {
      Model loaded = ModelFiles.load(file, RopeOverrides.none(), new ConsoleListener(console));
      int context = Math.min(loaded.config().contextLength(), ModelSettings.DEFAULT_CONTEXT);
      try (Session session =
          new Session(loaded, opened.backend(), Completions.runtimeConfig(context))) {
        Completions.Difference difference = Completions.read(reference).compare(session);
        console.line(
            "%s  %s  %s: %s"
                .formatted(
                    difference.ok() ? "ok    " : "FAILED",
                    opened.device().id(),
                    file.metadata().source(),
                    difference));
        console.out().flush();
        return difference.ok() ? 0 : 1;
      }
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "cannot read " + reference + ": " + e.getMessage(), e);
    }
  }
}
