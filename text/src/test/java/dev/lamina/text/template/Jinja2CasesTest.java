package dev.lamina.text.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small templates with what Jinja2 itself printed or raised for them. */
class Jinja2CasesTest {
  static final Clock CLOCK = Clock.fixed(Instant.parse("2024-07-26T00:00:00Z"), ZoneOffset.UTC);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNode FILE = read("jinja2-cases.json");
  private static final Map<String, Object> CONTEXT =
      JSON.convertValue(FILE.get("context"), new TypeReference<>() {});

  static JsonNode read(String resource) {
    try (InputStream in = Jinja2CasesTest.class.getResourceAsStream(resource)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  record Case(String template, String expected, String error) {
    static Case of(JsonNode node) {
      return new Case(
          node.get("template").asText(),
          node.path("expected").asText(null),
          node.path("error").asText(null));
    }
  }

  static Stream<Case> cases() {
    return StreamSupport.stream(FILE.get("cases").spliterator(), false).map(Case::of);
  }

  private static String render(String template) {
    return ChatTemplate.compile(template).withClock(CLOCK).render(CONTEXT);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void printsWhatJinja2Prints(Case c) {
    if (c.error == null) {
      assertEquals(c.expected, render(c.template), () -> "template " + c.template);
    } else {
      TemplateException e =
          assertThrows(
              TemplateException.class,
              () -> render(c.template),
              () -> "Jinja2 raises " + c.error + " for " + c.template);
      assertTrue(e.getMessage().lines().count() == 1, e::getMessage);
    }
  }

  @Test
  void leavesTheContextAlone() {
    String before = CONTEXT.toString();
    cases().filter(c -> c.error == null).limit(300).forEach(c -> render(c.template));
    ChatTemplate.compile("{% set _ = l.append(9) %}{% set _ = d.update(a=7) %}").render(CONTEXT);
    assertEquals(before, CONTEXT.toString());
  }
}
