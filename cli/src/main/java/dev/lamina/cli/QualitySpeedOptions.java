package dev.lamina.cli;

import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchTest;
import java.util.List;
import picocli.CommandLine.Option;

/** Options for the speeds to measure. */
final class QualitySpeedOptions {
  @Option(
      names = {"-p", "--n-prompt"},
      paramLabel = "N",
      description = "tokens of a prompt; 0: none (default: 512)")
  private int prompt = 512;

  @Option(
      names = {"-n", "--n-gen"},
      paramLabel = "N",
      description = "tokens to generate; 0: none (default: 128)")
  private int generation = 128;

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      description = "runs of each test (default: 3)")
  private int repetitions = 3;

  @Option(names = "--no-speed", description = "measure no speeds")
  private boolean none;

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  void check() {
    if (prompt < 0 || generation < 0) {
      throw new IllegalArgumentException(
          "-p is " + prompt + " and -n is " + generation + ", expected 0 or more");
    }
    protocol();
  }

  BenchProtocol protocol() {
    return new BenchProtocol(repetitions, true, 0);
  }

  /** The tests to run; empty for none. */
  List<BenchTest> tests() {
    return none
        ? List.of()
        : BenchParameters.tests(List.of(prompt), List.of(generation), List.of());
  }
}
