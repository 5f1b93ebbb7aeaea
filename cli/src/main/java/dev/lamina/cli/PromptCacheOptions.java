package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.schedule.Scheduler;
import dev.lamina.gguf.output.PendingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options for a file that keeps an evaluated prompt. */
final class PromptCacheOptions implements OptionHolder {
  private Path file;
  private boolean all;
  private boolean readOnly;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("--prompt-cache")
            .paramLabel("FILE")
            .description(
                "keep the evaluated prompt in this file: what a later prompt begins with and is in it is not evaluated again"),
        Path.class,
        value -> file = value);
    options.add(
        OptionSpec.builder("--prompt-cache-all")
            .description("keep what is written after the prompt in --prompt-cache too"),
        boolean.class,
        value -> all = value);
    options.add(
        OptionSpec.builder("--prompt-cache-ro")
            .description("use the file of --prompt-cache and leave it as it is"),
        boolean.class,
        value -> readOnly = value);
  }

  /**
   * Checks that the file can be written.
   *
   * @throws CliException if it cannot, or must not
   */
  void check(CommandSpec spec) {
    if (named() && !readOnly) {
      OutputFiles.check(spec, file);
    }
  }

  private boolean named() {
    return file != null && !file.toString().isEmpty(); // as llama.cpp, whose default is no name
  }

  /** Whether there is something in the file; a new file of this name may be empty. */
  boolean isFilled() {
    try {
      return named() && Files.exists(file) && !PendingFiles.isDevice(file) && Files.size(file) > 0;
    } catch (IOException e) {
      return true; // to read it tells what is wrong
    }
  }

  /** The cache, loaded if there is something in the file. */
  PromptCache open(Console console, Scheduler scheduler) {
    PromptCache cache =
        new PromptCache(console, scheduler, named() && !readOnly ? file : null, all);
    if (isFilled()) {
      cache.load(file);
    }
    return cache;
  }
}
