package dev.lamina.bench.synthetic;

import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One line of matrix-types.txt: what llama-quantize made of one model.
 *
 * @param common type of the matrices that are not in {@code others}
 * @param others by the name of the matrix without layer and ending: {@code Q6_K/Q4_K:4-5,7}
 */
record MatrixTypes(String shape, String fileType, TensorType common, Map<String, String> others) {
  private static final Pattern NAME = Pattern.compile("(?:blk\\.(\\d+)\\.)?(\\w+)\\.weight");

  static Stream<MatrixTypes> readAll() throws IOException {
    try (InputStream in = MatrixTypes.class.getResourceAsStream("matrix-types.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines().filter(line -> !line.startsWith("#")).map(MatrixTypes::parse).toList().stream();
    }
  }

  private static MatrixTypes parse(String line) {
    List<String> words = List.of(line.split(" "));
    Map<String, String> others = new HashMap<>();
    for (String word : words.subList(3, words.size())) {
      others.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    return new MatrixTypes(
        words.get(0), words.get(1), TensorType.valueOf(words.get(2)), Map.copyOf(others));
  }

  TensorType of(String tensorName) {
    Matcher name = NAME.matcher(tensorName);
    if (!name.matches()) {
      throw new IllegalArgumentException(tensorName);
    }
    String types = others.get(name.group(2));
    if (types == null) {
      return common;
    }
    String[] alternatives = types.split("/");
    for (String alternative : Arrays.asList(alternatives).subList(1, alternatives.length)) {
      int colon = alternative.indexOf(':');
      if (contains(alternative.substring(colon + 1), Integer.parseInt(name.group(1)))) {
        return TensorType.valueOf(alternative.substring(0, colon));
      }
    }
    return TensorType.valueOf(alternatives[0]);
  }

  /** Whether a layer is in ranges such as {@code 4-5,7}. */
  private static boolean contains(String ranges, int layer) {
    return Arrays.stream(ranges.split(","))
        .map(range -> range.split("-"))
        .anyMatch(ends ->
            Integer.parseInt(ends[0]) <= layer && layer <= Integer.parseInt(ends[ends.length - 1]));
  }

  @Override
  public String toString() {
    return shape + " " + fileType;
  }
}
