package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The chat templates of published models against Jinja2's output. */
class GoldenTemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TestFactory
  List<DynamicTest> publishedTemplates() throws IOException {
    Path file = GoldenData.file("templates/golden.json");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode node : JSON.readTree(file.toFile())) {
      String template = node.get("template").asText();
      tests.add(
          DynamicTest.dynamicTest(
              template + " " + node.get("case").asText(), () -> check(template, node)));
    }
    return tests;
  }

  private static void check(String name, JsonNode node) throws IOException {
    ChatTemplate template =
        ChatTemplate.compile(Files.readString(GoldenData.file("templates/" + name)))
            .withClock(Jinja2CasesTest.CLOCK);
    Map<String, Object> context = JSON.convertValue(node.get("context"), new TypeReference<>() {});
    if (node.has("error")) {
      assertThrows(TemplateException.class, () -> template.render(context));
    } else {
      assertEquals(node.get("expected").asText(), template.render(context));
    }
  }
}
