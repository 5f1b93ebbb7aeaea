package dev.lamina.cli;

import dev.lamina.gguf.LoadMode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * Options for how a model file gets into memory. The last of several options counts. The order of
 * the methods is explicit, because reflection returns methods in any order.
 */
final class LoadOptions {
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

  @Option(
      names = {"-lm", "--load-mode"},
      order = 1,
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description =
          "how the file comes into memory: mmap: it is mapped; none: it is read, and not needed after that; dio: it is read past the system's page cache; mlock and mmap+mlock: as none and mmap, memory is not locked (default: auto, which is mmap)")
  void setMode(LoadMode wanted) {
    mode = wanted;
  }

  @Option(names = "--mmap", order = 2, description = "the same as -lm mmap")
  void setMapped(boolean wanted) {
    mode = wanted ? LoadMode.MMAP : mode;
  }

  @Option(names = "--no-mmap", order = 3, description = "the same as -lm none")
  void setRead(boolean wanted) {
    mode = wanted ? LoadMode.NONE : mode;
  }

  @Option(
      names = {"-dio", "--direct-io"},
      order = 4,
      description = "the same as -lm dio")
  void setDirect(boolean wanted) {
    mode = wanted ? LoadMode.DIRECT_IO : mode;
  }

  /** The requested mode. The user is told about effects that it does not have here. */
  LoadMode mode(Console console) {
    if (mode.wantsLock()) {
      console.err().println("note: -lm " + mode.label() + ": memory is not locked");
    }
    return mode;
  }
}
