package dev.lamina.cli;

import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchProtocol;
import dev.lamina.bench.BenchTest;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Options for the speeds to measure. */
final class QualitySpeedOptions implements OptionHolder {
  private int prompt = 512;
  private int generation = 128;
  private int repetitions = 3;
  private boolean none;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-p", "--n-prompt")
            .paramLabel("N")
            .description("tokens of a prompt; 0: none (default: 512)"),
        int.class,
        value -> prompt = value);
    options.add(
        OptionSpec.builder("-n", "--n-gen")
            .paramLabel("N")
            .description("tokens to generate; 0: none (default: 128)"),
        int.class,
        value -> generation = value);
    options.add(
        OptionSpec.builder("-r", "--repetitions")
            .paramLabel("N")
            .description("runs of each test (default: 3)"),
        int.class,
        value -> repetitions = value);
    options.add(
        OptionSpec.builder("--no-speed").description("measure no speeds"),
        boolean.class,
        value -> none = value);
  }

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
