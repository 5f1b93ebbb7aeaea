package dev.lamina.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.Printable;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Model.OptionSpec;

/** Shows how a model's tokenizer cuts a text, with llama-tokenize's options. */
final class TokenizeCommand implements Command {
  private final Console console;
  private ModelOptions model = new ModelOptions();
  private Source source = new Source();
  private boolean ids;
  private boolean noBos;
  private boolean noEscape;
  private boolean noParseSpecial;
  private boolean showCount;
  private boolean json;

  @Override
  public void declare(Options options) {
    options.describe("Prints the tokens of a text.");
    options.addAll(model);
    options.exactlyOneOf(source);
    options.add(
        OptionSpec.builder("--ids").description("print only the ids, as [1, 2, 3]"),
        boolean.class,
        value -> ids = value);
    options.add(
        OptionSpec.builder("--no-bos").description("add no BOS token, even if the model wants one"),
        boolean.class,
        value -> noBos = value);
    options.add(
        OptionSpec.builder("--no-escape")
            .description(
                "take backslashes as they are (default: \\n, \\t, \\xHH and so on are read)"),
        boolean.class,
        value -> noEscape = value);
    options.add(
        OptionSpec.builder("--no-parse-special")
            .description("take special tokens written out in the text as plain text"),
        boolean.class,
        value -> noParseSpecial = value);
    options.add(
        OptionSpec.builder("--show-count").description("print the number of tokens too"),
        boolean.class,
        value -> showCount = value);
    options.add(
        OptionSpec.builder("--json").description("print one JSON object"),
        boolean.class,
        value -> json = value);
  }

  private static final class Source implements OptionHolder {
    private String prompt;
    private Path file;
    private boolean stdin;

    @Override
    public void declare(Options options) {
      options.add(
          OptionSpec.builder("-p", "--prompt").paramLabel("TEXT").description("the text"),
          String.class,
          value -> prompt = value);
      options.add(
          OptionSpec.builder("-f", "--file")
              .paramLabel("FILE")
              .description("read the text from a file"),
          Path.class,
          value -> file = value);
      options.add(
          OptionSpec.builder("--stdin").description("read the text from standard input"),
          boolean.class,
          value -> stdin = value);
    }
  }

  TokenizeCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    String text = text();
    try (GgufFile file = model.openVocabulary(console)) {
      Tokenizer tokenizer = Tokenizers.from(file.metadata());
      ModelFiles.tellWarnings(file, new ConsoleListener(console));
      int[] tokens =
          tokenizer.encode(noEscape ? text : TextInput.unescape(text), !noBos, !noParseSpecial);
      if (json) {
        printJson(tokenizer, tokens);
      } else {
        print(tokenizer, tokens);
      }
    }
  }

  private String text() {
    if (source.prompt != null) {
      return source.prompt;
    }
    return source.stdin ? console.readAll() : TextInput.readFile(source.file);
  }

  private void print(Tokenizer tokenizer, int[] tokens) {
    if (ids) {
      console.line(Arrays.toString(tokens));
    } else {
      for (int token : tokens) {
        console.line(
            "%6d -> '%s'"
                .formatted(token, Printable.escape(SafeText.bytes(tokenizer.bytes(token, true)))));
      }
    }
    if (showCount) {
      console.line("Total number of tokens: " + tokens.length);
    }
  }

  private void printJson(Tokenizer tokenizer, int[] tokens) {
    ObjectNode result = Json.object();
    result.put("count", tokens.length);
    ArrayNode list = result.putArray("ids");
    Arrays.stream(tokens).forEach(list::add);
    if (!ids) {
      ArrayNode pieces = result.putArray("pieces");
      for (int token : tokens) {
        pieces.add(SafeText.bytes(tokenizer.bytes(token, true)));
      }
    }
    Json.print(console, result);
  }
}
