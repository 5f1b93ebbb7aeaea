package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.gguf.GgufFile;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.runtime.OpenDevices;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Tells what would be where, without loading it. */
final class PlanCommand implements Command {
  private final Console console;
  private CommandSpec spec;
  private ModelOptions model = new ModelOptions();
  private boolean json;
  private final EngineOptions engineOptions = new EngineOptions();

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe(
        "Shows which layers would run on which device, and the memory that each would take.");
    options.addAll(model);
    options.add(
        OptionSpec.builder("--json").description("print one JSON object"),
        boolean.class,
        value -> json = value);
    options.group("%nContext and computation%n", engineOptions);
  }

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
