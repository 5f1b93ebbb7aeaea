package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every relative link of the project's Markdown files leads to a file, and to a heading in it. */
class DocumentsTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> BUILT = Set.of("target", "node_modules");

  private static final Pattern FENCE = Pattern.compile("(?ms)^ *(```|~~~).*?^ *\\1 *$");
  private static final Pattern INDENTED = Pattern.compile("(?m)^ {4,}\\S.*$");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(\\s*<?([^)\\s>]+)>?[^)]*\\)");
  private static final Pattern REFERENCE = Pattern.compile("(?m)^ {0,3}\\[[^\\]]+\\]:\\s+(\\S+)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*?) *#*$");
  private static final Pattern ELSEWHERE = Pattern.compile("(?i)[a-z][a-z0-9+.-]*:.*|//.*");

  @TempDir private Path folder;

  @Test
  void linksOfTheProjectLeadSomewhere() throws IOException {
    List<Path> documents = documents(PROJECT);
    assertTrue(documents.contains(PROJECT.resolve("README.md")), documents::toString);
    List<String> dead = new ArrayList<>();
    for (Path document : documents) {
      dead.addAll(deadLinks(document));
    }
    assertEquals(List.of(), dead);
  }

  @Test
  void deadLinksAreFound() throws IOException {
    Path other = Files.createDirectory(folder.resolve("docs")).resolve("other.md");
    Files.writeString(
        other, "# Other things: `a`, b\n\n## Twice\n\n## Twice\n\n```\n# code\n```\n");
    Path document = folder.resolve("a.md");
    Files.writeString(
        document,
        """
        # Here
        [1](docs/other.md) [2](docs/other.md#other-things-a-b) [3](docs/other.md#twice-1) [4](#here)
        [5](docs) [6](https://example.org/none.md#x) `[7](code.md)` ![8](<docs/other.md>)

            [9](code.md)

        ```
        [10](code.md)
        ```
        [a](docs/none.md) [b](docs/other.md#twice-2) [c](#other) [d](docs/other.md#code)
        ![e](none.png "title")

        [f]: none.md
        """);
    assertEquals(List.of(document, other), documents(folder));
    assertEquals(
        List.of(
            "a.md: docs/none.md",
            "a.md: docs/other.md#twice-2",
            "a.md: #other",
            "a.md: docs/other.md#code",
            "a.md: none.png",
            "a.md: none.md"),
        deadLinks(document).stream()
            .map(line -> line.substring(line.lastIndexOf("a.md: ")))
            .toList());
  }

  /** All Markdown files, without those of builds and of hidden folders. */
  private static List<Path> documents(Path root) throws IOException {
    List<Path> documents = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            String name = path.getFileName().toString();
            return !path.equals(root) && (name.startsWith(".") || BUILT.contains(name))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (path.toString().endsWith(".md")) {
              documents.add(path);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    documents.sort(null);
    return documents;
  }

  private static List<String> deadLinks(Path document) throws IOException {
    String prose = FENCE.matcher(Files.readString(document)).replaceAll("");
    prose = CODE.matcher(INDENTED.matcher(prose).replaceAll("")).replaceAll("");
    List<String> dead = new ArrayList<>();
    for (Pattern kind : List.of(LINK, REFERENCE)) {
      Matcher links = kind.matcher(prose);
      while (links.find()) {
        String link = links.group(1);
        if (!ELSEWHERE.matcher(link).matches() && !leadsSomewhere(document, link)) {
          dead.add(document + ": " + link);
        }
      }
    }
    return dead;
  }

  private static boolean leadsSomewhere(Path document, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0
        || !target.toString().endsWith(".md")
        || anchors(Files.readString(target)).contains(link.substring(hash + 1));
  }

  /** Anchors of headings, as GitHub makes them: a second heading of a name gets a number. */
  private static Set<String> anchors(String text) {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    Matcher headings = HEADING.matcher(FENCE.matcher(text).replaceAll(""));
    while (headings.find()) {
      String name =
          headings
              .group(1)
              .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-');
      int before = seen.merge(name, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? name : name + "-" + before);
    }
    return anchors;
  }
}
