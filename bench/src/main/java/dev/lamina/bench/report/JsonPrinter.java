package dev.lamina.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** An array with an object for each row. */
record JsonPrinter(BenchReport report) implements ResultPrinter {
  /** Of the array. */
  static final String END = "\n]\n";

  @Override
  public String row(BenchRow row, boolean first) {
    return object(members(row, report), first);
  }

  /**
   * @param first begins the array
   */
  static String object(List<String> members, boolean first) {
    return members.stream()
        .collect(Collectors.joining(",\n    ", (first ? "[\n" : ",\n") + "  {\n    ", "\n  }"));
  }

  @Override
  public String end() {
    return END;
  }

  /** {@code "name": value} of each field, and the single runs, which other formats do not have. */
  static List<String> members(BenchRow row, BenchReport report) {
    List<String> members = new ArrayList<>();
    BenchFields.of(row, report).forEach(field -> members.add(member(field)));
    members.add(
        row.result().nanos().stream()
            .map(String::valueOf)
            .collect(Collectors.joining(", ", "\"samples_ns\": [ ", " ]")));
    members.add(
        Arrays.stream(row.result().speeds())
            .mapToObj(Field::sixDigits)
            .collect(Collectors.joining(", ", "\"samples_ts\": [ ", " ]")));
    BenchFields.baseline(row, report).forEach(field -> members.add(member(field)));
    return members;
  }

  static String member(Field field) {
    return Field.quoted(field.name()) + ": " + field.json();
  }
}
