package dev.lamina.cli;

import dev.lamina.bench.quality.QualityRow;
import dev.lamina.bench.quality.QualityTable;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.LoadMode;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.text.template.ChatContext;
import dev.lamina.text.template.ChatMessage;
import dev.lamina.text.template.ChatTemplate;
import dev.lamina.text.template.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes a model card for a folder of quantized files. */
final class CardCommand implements Command {
  private static final String LATER_PART = ".*-(?!00001)\\d{5}-of-\\d{5}\\.gguf";
  private static final String TABLE = "quality.csv";
  private static final String PROJECTOR = "mmproj";
  private static final String SYSTEM = "{system_prompt}";
  private static final String USER = "{prompt}";

  private final Console console;
  private CommandSpec spec;
  private LoadOptions load = new LoadOptions();
  private FileOptions fileOptions = new FileOptions();
  private Path folder;
  private Path output;
  private Path quality;
  private String title;
  private String baseModel;
  private String repository;
  private String quantizedBy;
  private String license;
  private List<String> languages;

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe(
        "Writes a Hugging Face model card for a folder of quantized files: prompt format, files with what was measured of them, how to download, which to choose, speeds. `lamina quality` measures.");
    options.addAll(load);
    options.addAll(fileOptions);
    options.add(
        PositionalParamSpec.builder().paramLabel("DIR").description("folder with the GGUF files"),
        Path.class,
        value -> folder = value);
    options.add(
        OptionSpec.builder("-o", "--output")
            .paramLabel("OUT")
            .description("file to write (default: README.md in DIR)"),
        Path.class,
        value -> output = value);
    options.add(
        OptionSpec.builder("--quality")
            .paramLabel("CSV")
            .description(
                "what lamina quality has measured (default: quality.csv in DIR, if it is there)"),
        Path.class,
        value -> quality = value);
    options.add(
        OptionSpec.builder("--title")
            .paramLabel("NAME")
            .description("name of the model (default: as the files say)"),
        String.class,
        value -> title = value);
    options.add(
        OptionSpec.builder("--base-model")
            .paramLabel("USER/NAME")
            .description("the original's id on Hugging Face (default: as the files say)"),
        String.class,
        value -> baseModel = value);
    options.add(
        OptionSpec.builder("--repo")
            .paramLabel("USER/NAME")
            .description("id of the place where the files will be"),
        String.class,
        value -> repository = value);
    options.add(
        OptionSpec.builder("--quantized-by").paramLabel("USER").description("who made the files"),
        String.class,
        value -> quantizedBy = value);
    options.add(
        OptionSpec.builder("--license")
            .paramLabel("ID")
            .description("license, such as apache-2.0 (default: as the files say)"),
        String.class,
        value -> license = value);
    options.addList(
        OptionSpec.builder("--language")
            .paramLabel("LIST")
            .splitRegex(",")
            .description("languages, such as en,de (default: as the files say)"),
        String.class,
        value -> languages = value);
  }

  CardCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    Path target = output == null ? folder.resolve("README.md") : output;
    try {
      List<Path> paths = paths();
      OutputFiles.check(spec, target, inFolder(paths));
      Map<String, QualityRow> measured = measured();
      List<CardFile> files = new ArrayList<>();
      ModelCard.Facts facts = null;
      String prompt = null;
      LoadMode mode = load.mode(console);
      for (Path path : paths) {
        try (GgufFile file = fileOptions.openWhole(path, mode, console)) {
          String name = path.getFileName().toString();
          files.add(CardFile.of(name, file, measured.get(name)));
          if (facts == null) {
            facts = facts(file.metadata());
            prompt = prompt(file.metadata());
          }
        } catch (GgufFormatException e) {
          console.err().println("note: left out: " + SafeText.oneLine(Errors.message(e)));
        }
      }
      if (facts == null) {
        throw new CliException("there are no GGUF files in " + folder + "; name another folder");
      }
      PendingFiles.write(target, new ModelCard(facts, prompt, files).text());
      console.line(SafeText.oneLine(target.toString()));
    } catch (IOException e) {
      throw OutputFiles.failed(target, e);
    }
  }

  /** The measured rows, by file. */
  private Map<String, QualityRow> measured() throws IOException {
    Path table = quality == null ? folder.resolve(TABLE) : quality;
    Map<String, QualityRow> rows = new HashMap<>();
    if (quality == null && !Files.exists(table)) {
      console
          .err()
          .println("note: no quality.csv in the folder, so the card says nothing of quality");
      return rows;
    }
    try {
      QualityTable.read(table).forEach(row -> rows.put(row.file(), row));
    } catch (IOException e) {
      throw new CliException("cannot read " + table + ": " + e.getMessage(), e);
    }
    return rows;
  }

  /** The files that the command reads in the folder. */
  private Path[] inFolder(List<Path> models) {
    return Stream.concat(models.stream(), Stream.of(folder.resolve(TABLE))).toArray(Path[]::new);
  }

  private List<Path> paths() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new CliException(folder + " is no folder; give one with GGUF files");
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(
              path -> {
                String name = path.getFileName().toString();
                return name.endsWith(".gguf")
                    && !name.matches(LATER_PART)
                    && !name.startsWith(PROJECTOR);
              })
          .sorted()
          .toList();
    }
  }

  private ModelCard.Facts facts(Metadata metadata) {
    return new ModelCard.Facts(
        title != null ? title : text(metadata, "general.name", folder.getFileName().toString()),
        baseModel != null ? baseModel : base(metadata),
        repository,
        quantizedBy,
        license != null ? license : text(metadata, "general.license", null),
        languages != null ? languages : strings(metadata, "general.languages"),
        text(metadata, "quantize.imatrix.dataset", null),
        BuildVersion.number());
  }

  /** The id of the original model, from the end of its page's address. */
  private static String base(Metadata metadata) {
    String address = text(metadata, "general.base_model.0.repo_url", "");
    String[] parts = address.split("/");
    return parts.length >= 5 ? parts[parts.length - 2] + "/" + parts[parts.length - 1] : null;
  }

  private static String text(Metadata metadata, String key, String otherwise) {
    return metadata.get(key) instanceof String value && !value.isBlank()
        ? SafeText.oneLine(value)
        : otherwise;
  }

  private static List<String> strings(Metadata metadata, String key) {
    return metadata.contains(key) ? metadata.strings(key) : List.of();
  }

  /** A system prompt and a question in the model's own template; null if there is no template. */
  private String prompt(Metadata metadata) {
    if (!(metadata.get("tokenizer.chat_template") instanceof String source) || source.isBlank()) {
      return null;
    }
    ChatMessage system = ChatMessage.of("system", SYSTEM);
    ChatMessage user = ChatMessage.of("user", USER);
    String bos = token(metadata, "tokenizer.ggml.bos_token_id");
    String eos = token(metadata, "tokenizer.ggml.eos_token_id");
    ChatTemplate template = ChatTemplate.compile(source);
    try {
      return template.render(ChatContext.of(List.of(system, user), bos, eos));
    } catch (TemplateException e) {
      // Some templates do not support a system prompt.
      return template.render(ChatContext.of(List.of(user), bos, eos));
    }
  }

  private static String token(Metadata metadata, String key) {
    List<String> tokens = strings(metadata, "tokenizer.ggml.tokens");
    int id = metadata.integer(key, -1);
    return id >= 0 && id < tokens.size() ? tokens.get(id) : "";
  }
}
