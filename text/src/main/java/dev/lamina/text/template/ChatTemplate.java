package dev.lamina.text.template;

import java.time.Clock;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A chat template: turns messages into the prompt text of a model. The language is Jinja2 as
 * Hugging Face's {@code apply_chat_template} sets it up ({@code trim_blocks}, {@code
 * lstrip_blocks}, {@code break} and {@code continue}, {@code tojson}, {@code raise_exception},
 * {@code strftime_now}, the {@code generation} block). Immutable; one instance serves all threads.
 */
public final class ChatTemplate {
  private final Stmt.Body body;
  private final IdentityHashMap<Stmt.Body, Set<String>> hidden;
  private final Clock clock;
  private final TemplateLimits limits;

  private ChatTemplate(
      Stmt.Body body,
      IdentityHashMap<Stmt.Body, Set<String>> hidden,
      Clock clock,
      TemplateLimits limits) {
    this.body = body;
    this.hidden = hidden;
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * Parses a template.
   *
   * @throws TemplateException in one line with the template's line number, if it is malformed or
   *     longer than 1 Mi characters
   */
  public static ChatTemplate compile(String source) {
    if (source.length() > TemplateLimits.MAX_SOURCE) {
      throw new TemplateException(
          "chat template: over " + TemplateLimits.MAX_SOURCE + " characters long");
    }
    try {
      Stmt.Body body = StmtParser.parse(source);
      return new ChatTemplate(
          body,
          ScopeAnalysis.of(body),
          Clock.system(ZoneId.systemDefault()),
          TemplateLimits.DEFAULT);
    } catch (StackOverflowError e) {
      throw tooDeep(e);
    }
  }

  /** The same template with another clock for {@code strftime_now}. */
  public ChatTemplate withClock(Clock newClock) {
    return new ChatTemplate(body, hidden, newClock, limits);
  }

  /** The same template with other limits. */
  public ChatTemplate withLimits(TemplateLimits newLimits) {
    return new ChatTemplate(body, hidden, clock, newLimits);
  }

  /** Renders the template over {@link ChatContext#toMap}; see {@link #render(Map)}. */
  public String render(ChatContext context) {
    return render(context.toMap(ZonedDateTime.now(clock)));
  }

  /**
   * Renders the template.
   *
   * @param context variables: Map, List, String, Number, Boolean and null, nested at will; it is
   *     copied, so the template cannot change it
   * @return the prompt
   * @throws TemplateException in one line: the template raised an error, used a value wrongly, or
   *     went over its limits
   */
  public String render(Map<String, ?> context) {
    Budget budget = new Budget(limits);
    Interpreter interpreter = new Interpreter(hidden, budget);
    try {
      Scope globals = new Scope(null);
      Globals.define(globals, clock, budget);
      Globals.context(globals, context, budget);
      return interpreter.render(body, globals);
    } catch (RenderError e) {
      throw TemplateException.atLine(interpreter.line(), e.getMessage());
    } catch (StackOverflowError e) {
      throw tooDeep(e);
    }
  }

  // The depth limits suit a default stack; a caller's thread may have a smaller one.
  private static TemplateException tooDeep(StackOverflowError e) {
    return new TemplateException("chat template: nests too deeply for this thread's stack", e);
  }
}
