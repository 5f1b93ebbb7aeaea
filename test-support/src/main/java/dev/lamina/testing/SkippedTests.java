package dev.lamina.testing;

import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints what the tests of a module could not run on this machine: each reason once, in a line, at
 * the end.
 */
public final class SkippedTests implements TestExecutionListener {
  /** Tests, or classes that are skipped as a whole, by reason. */
  private final Map<String, Integer> reasons = new TreeMap<>();

  @Override
  public synchronized void executionSkipped(TestIdentifier test, String reason) {
    count(test.getDisplayName() + ": " + reason);
  }

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      count(result.getThrowable().map(Throwable::getMessage).orElse(""));
    }
  }

  private void count(String reason) {
    String line = reason.lines().findFirst().orElse("no reason given");
    reasons.merge(line.replaceFirst("^Assumption failed: ", ""), 1, Integer::sum);
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    reasons.forEach((reason, n) ->
        System.out.printf("NOT TESTED HERE: %s (%d %s)%n", reason, n, n == 1 ? "test" : "tests"));
    reasons.clear();
  }
}
