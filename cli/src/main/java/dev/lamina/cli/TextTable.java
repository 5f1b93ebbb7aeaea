package dev.lamina.cli;

import java.util.ArrayList;
import java.util.List;

/** A table with columns as wide as their content. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean[] right;

  /**
   * Makes a table.
   *
   * @param alignment a letter for each column: l or r
   */
  TextTable(String alignment) {
    right = new boolean[alignment.length()];
    for (int i = 0; i < right.length; i++) {
      right[i] = alignment.charAt(i) == 'r';
    }
  }

  TextTable row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(SafeText.oneLine(cell.toString()));
    }
    rows.add(row);
    return this;
  }

  void print(Console console) {
    int[] widths = new int[right.length];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String fill = " ".repeat(widths[i] - row.get(i).length());
        line.append(right[i] ? fill + row.get(i) : row.get(i) + fill).append("  ");
      }
      console.line(line.toString().stripTrailing());
    }
  }
}
