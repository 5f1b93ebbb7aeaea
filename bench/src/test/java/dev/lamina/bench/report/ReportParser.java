package dev.lamina.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads reports of llama-bench, as its users' scripts do: each row as its fields in order. */
final class ReportParser {
  private static final Pattern CSV_VALUE = Pattern.compile("\"((?:[^\"]|\"\")*)\"(,|$)");
  private static final Pattern SQL_VALUE = Pattern.compile("'((?:[^']|'')*)'(, |$)|NULL(, |$)");

  private ReportParser() {}

  static List<Map<String, Object>> parse(BenchFormat format, String text) throws IOException {
    return switch (format) {
      case CSV -> csv(text);
      case JSON -> json(text);
      case JSONL -> jsonLines(text);
      case MD -> markdown(text);
      case SQL -> sql(text);
    };
  }

  private static List<Map<String, Object>> csv(String text) {
    List<String> lines = text.lines().toList();
    String[] names = lines.getFirst().split(",");
    return lines.stream().skip(1).map(line -> row(names, values(CSV_VALUE, line))).toList();
  }

  private static List<Map<String, Object>> sql(String text) {
    List<String> create =
        text.substring(0, text.indexOf("INSERT"))
            .lines()
            .filter(line -> line.startsWith("  "))
            .map(line -> line.strip().split(" ")[0])
            .toList();
    return text.lines()
        .filter(line -> line.startsWith("INSERT INTO llama_bench ("))
        .map(line -> {
          String[] names = line.substring(line.indexOf('(') + 1, line.indexOf(')')).split(", ");
          if (!List.of(names).equals(create)) {
            throw new IllegalStateException("columns of the table and of the row differ");
          }
          int start = line.indexOf("VALUES (") + "VALUES (".length();
          return row(names, values(SQL_VALUE, line.substring(start, line.length() - 2)));
        })
        .toList();
  }

  private static List<Map<String, Object>> markdown(String text) {
    List<String[]> lines =
        text.lines()
            .filter(line -> line.startsWith("| "))
            .map(line -> line.substring(2, line.length() - 2).split(" \\| "))
            .toList();
    String[] names = Stream.of(lines.getFirst()).map(String::strip).toArray(String[]::new);
    return lines.stream()
        .skip(2)
        .map(cells -> row(names, Stream.of(cells).map(String::strip).toList()))
        .toList();
  }

  private static List<Map<String, Object>> json(String text) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (JsonNode node : new ObjectMapper().readTree(text)) {
      rows.add(object(node));
    }
    return rows;
  }

  private static List<Map<String, Object>> jsonLines(String text) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String line : text.lines().toList()) {
      rows.add(object(new ObjectMapper().readTree(line)));
    }
    return rows;
  }

  private static Map<String, Object> object(JsonNode node) {
    Map<String, Object> row = new LinkedHashMap<>();
    node.properties().forEach(member -> row.put(member.getKey(), member.getValue()));
    return row;
  }

  private static List<String> values(Pattern pattern, String text) {
    List<String> values = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    int end = 0;
    while (end < text.length() && matcher.find(end) && matcher.start() == end) {
      values.add(
          matcher.group(1) == null ? "NULL" : matcher.group(1).replaceAll("(['\"])\\1", "$1"));
      end = matcher.end();
    }
    if (end != text.length()) {
      throw new IllegalStateException("cannot read from " + text.substring(end));
    }
    return values;
  }

  private static Map<String, Object> row(String[] names, List<String> values) {
    if (names.length != values.size()) {
      throw new IllegalStateException(names.length + " names and " + values.size() + " values");
    }
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      row.put(names[i], values.get(i));
    }
    return row;
  }
}
