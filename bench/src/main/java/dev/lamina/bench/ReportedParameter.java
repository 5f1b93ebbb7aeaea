package dev.lamina.bench;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Parameters of llama-bench that change nothing here, but for the load mode, the devices, the split
 * mode and the places of threads. Tests are repeated for each of their values and reported with it,
 * so that scripts for llama-bench find the rows that they ask for.
 */
public enum ReportedParameter {
  FIT_TARGET("-fitt", "fit_target", "fitt", "0", "\\d{1,12}", "a number of MiB"),
  FIT_CONTEXT("-fitc", "fit_min_ctx", "fitc", "0", "\\d{1,9}", "a number of tokens"),
  CPU_EXPERT_LAYERS("-ncmoe", "n_cpu_moe", "n_cpu_moe", "0", "\\d{1,9}", "a number of layers"),
  SPLIT_MODE("-sm", "split_mode", "sm", "layer", "none|layer|row|tensor"),
  DEVICES("-dev", "devices", "dev", "auto", "[^,]+", "names with slashes between them"),
  LOAD_MODE("-lm", "load_mode", "lm", "auto", "auto|none|mmap|mlock|mmap\\+mlock|dio"),
  LAZY_MODE("-lzm", "lazy_mode", "lzm", "auto", "on|auto|off"),
  NO_HOST("--no-host", "no_host", "no_host", "0", "0|1"),
  EMBEDDINGS("-embd", "embeddings", "embd", "0", "0|1"),
  NO_OP_OFFLOAD("-nopo", "no_op_offload", "nopo", "0", "0|1"),
  CPU_MASK("-C", "cpu_mask", "cpu_mask", "0x0", "(0x)?[0-9a-f]{1,128}", "hexadecimal digits"),
  CPU_STRICT("--cpu-strict", "cpu_strict", "cpu_strict", "0", "0|1"),
  POLL("--poll", "poll", "poll", "50", "\\d{1,2}|100", "a number from 0 to 100");

  private final String option;
  private final String field;
  private final String header;
  private final String usual;
  private final Pattern pattern;
  private final String expected;

  ReportedParameter(String option, String field, String header, String usual, String words) {
    this(option, field, header, usual, words, words.replace("\\", "").replace("|", ", "));
  }

  ReportedParameter(
      String option, String field, String header, String usual, String pattern, String expected) {
    this.option = option;
    this.field = field;
    this.header = header;
    this.usual = usual;
    this.pattern = Pattern.compile(pattern);
    this.expected = expected;
  }

  /** Name of its field in reports. */
  public String field() {
    return field;
  }

  /** Header of its column in tables. */
  public String header() {
    return header;
  }

  /** The value that llama-bench reports if none is given. */
  public String usual() {
    return usual;
  }

  /** The user's option. */
  public String option() {
    return option;
  }

  /**
   * Values of the option.
   *
   * @param texts lists with commas; a number may be a range as {@link NumberList} takes it
   * @throws IllegalArgumentException if one cannot be a value
   */
  public List<String> parse(List<String> texts) {
    if (this == POLL || this == CPU_EXPERT_LAYERS) {
      List<String> numbers = NumberList.parse(option, texts).stream().map(String::valueOf).toList();
      numbers.forEach(this::check);
      return numbers;
    }
    return texts.stream()
        .flatMap(text -> List.of(text.split(",", -1)).stream())
        .map(this::value)
        .toList();
  }

  private String value(String text) {
    String value = text.strip().toLowerCase(Locale.ROOT);
    check(value);
    return value;
  }

  private void check(String value) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException(option + " is '" + value + "', expected " + expected);
    }
  }
}
