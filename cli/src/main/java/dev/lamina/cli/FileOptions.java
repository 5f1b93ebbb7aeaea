package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.check.TensorCheck;
import dev.lamina.gguf.FileKind;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.KeyOverride;
import dev.lamina.gguf.LoadMode;
import dev.lamina.runtime.ModelFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** Options for reading a model file, the same for all commands. */
final class FileOptions implements OptionHolder {
  private List<Keys> overrides = List.of();
  private boolean checkTensors;

  @Override
  public void declare(Options options) {
    options.addList(
        OptionSpec.builder("--override-kv")
            .paramLabel("KEY=TYPE:VALUE[,...]")
            .converters(new KeysConverter())
            .description(
                "metadata to use in place of the file's; TYPE is int, float, bool or str, as in tokenizer.ggml.add_bos_token=bool:false"),
        Keys.class,
        value -> overrides = value);
    options.add(
        OptionSpec.builder("--check-tensors")
            .description(
                "look for invalid numbers in all tensors first; a damaged file is refused"),
        boolean.class,
        value -> checkTensors = value);
  }

  /** The values of one option. */
  record Keys(List<KeyOverride> list) {}

  private static final class KeysConverter implements ITypeConverter<Keys> {
    @Override
    public Keys convert(String text) {
      try {
        return new Keys(KeyOverride.parseAll(text));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /**
   * Opens a model file to run the model.
   *
   * @throws CliException if the file does not exist, or is no language model
   */
  GgufFile open(Path path, LoadMode mode, Console console) {
    return ready(ModelFiles.open(path, mode), console, false);
  }

  /** As {@link #open}, but the weights may be missing. */
  GgufFile openVocabulary(Path path, LoadMode mode, Console console) {
    return ready(ModelFiles.open(path, mode), console, true);
  }

  /** Opens any GGUF file, to look at it. */
  GgufFile openAny(Path path, LoadMode mode, Console console) {
    return checked(ModelFiles.openAny(path, mode), console);
  }

  /** Opens any GGUF file with tensors of known types only, to copy it. */
  GgufFile openWhole(Path path, LoadMode mode, Console console) {
    return checked(ModelFiles.open(path, mode), console);
  }

  private GgufFile checked(GgufFile opened, Console console) {
    GgufFile file = opened.with(keys());
    try {
      check(file, console);
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Opens the embedded model. */
  GgufFile demo(Console console) {
    return ready(DemoModel.open(), console, false);
  }

  private GgufFile ready(GgufFile opened, Console console, boolean vocabulary) {
    GgufFile file = opened.with(keys());
    try {
      FileKind.problem(file, vocabulary)
          .ifPresent(problem -> {
            throw new CliException(problem + Advice.of(FileKind.of(file)));
          });
      check(file, console);
      ModelFiles.tellWarnings(file, new ConsoleListener(console));
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private List<KeyOverride> keys() {
    List<KeyOverride> keys = new ArrayList<>();
    overrides.forEach(option -> keys.addAll(option.list()));
    return keys;
  }

  private void check(GgufFile file, Console console) {
    if (checkTensors) {
      Progress progress =
          new Progress(console, "Checking " + file.metadata().source(), file.tensorBytes());
      TensorCheck.check(file, progress::add);
      progress.finish();
    }
  }
}
