package dev.lamina.cli;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.gguf.GgufFile;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.runtime.OpenDevices;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells what would be where, without loading it. */
@Command(
    name = "plan",
    description =
        "Shows which layers would run on which device, and the memory that each would take.",
    sortOptions = false,
    abbreviateSynopsis = true)
final class PlanCommand implements Runnable {
  private final Console console;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @ArgGroup(validate = false, heading = "%nContext and computation%n")
  private EngineOptions engineOptions = new EngineOptions();

  PlanCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    try {
      engineOptions.check();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), Errors.refusal(e), e);
    }
    DeviceOptions devices = engineOptions.devices();
    // Plan GPUs for models of any size.
    try (GgufFile file = model.open(console);
        OpenDevices open = devices.open(console, engineOptions.compute(), Long.MAX_VALUE)) {
      Model loaded = ModelFiles.load(file, engineOptions.rope(), new ConsoleListener(console));
      RuntimeConfig config = engineOptions.session(loaded.config());
      PlacementOptions options = devices.placement();
      PlanView view = new PlanView(loaded, config, options, open.targets());
      if (!view.misfit().isEmpty()) {
        new ConsoleListener(console).warn(Advice.budget(view.misfit()));
      }
      if (json) {
        Json.print(console, view.json());
      } else {
        view.print(console);
      }
    } catch (IllegalArgumentException e) {
      throw new CliException(Errors.refusal(e), e);
    }
  }
}
