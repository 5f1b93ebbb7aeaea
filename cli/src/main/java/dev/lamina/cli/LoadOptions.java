package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.LoadMode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** Options for how a model file gets into memory. The last of several options counts. */
final class LoadOptions implements OptionHolder {
  private LoadMode mode = LoadMode.AUTO;

  private static final class ModeConverter implements ITypeConverter<LoadMode> {
    @Override
    public LoadMode convert(String text) {
      try {
        return LoadMode.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  void setMode(LoadMode wanted) {
    mode = wanted;
  }

  void setMapped(boolean wanted) {
    mode = wanted ? LoadMode.MMAP : mode;
  }

  void setRead(boolean wanted) {
    mode = wanted ? LoadMode.NONE : mode;
  }

  void setDirect(boolean wanted) {
    mode = wanted ? LoadMode.DIRECT_IO : mode;
  }

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-lm", "--load-mode")
            .paramLabel("MODE")
            .converters(new ModeConverter())
            .description(
                "how the file comes into memory: mmap: it is mapped; none: it is read, and not needed after that; dio: it is read past the system's page cache; mlock and mmap+mlock: as none and mmap, memory is not locked (default: auto, which is mmap)"),
        LoadMode.class,
        this::setMode);
    options.add(
        OptionSpec.builder("--mmap").description("the same as -lm mmap"),
        boolean.class,
        this::setMapped);
    options.add(
        OptionSpec.builder("--no-mmap").description("the same as -lm none"),
        boolean.class,
        this::setRead);
    options.add(
        OptionSpec.builder("-dio", "--direct-io").description("the same as -lm dio"),
        boolean.class,
        this::setDirect);
  }

  /** The requested mode. The user is told about effects that it does not have here. */
  LoadMode mode(Console console) {
    if (mode.wantsLock()) {
      console.err().println("note: -lm " + mode.label() + ": memory is not locked");
    }
    return mode;
  }
}
