package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.check.Completions;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.placement.Target;
import dev.lamina.engine.placement.TensorOverride;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import dev.lamina.testing.GoldenData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Models divided between an OpenCL device and the scalar reference, against the reference alone.
 */
class SplitTest {
  private static final RuntimeConfig CONFIG = RuntimeConfig.of(256, 16).withMaxLogits(16);
  private static final int N_TOKENS = 40;

  /** Largest difference of a log-probability. */
  private static final double BOUND = 2e-2;

  @Test
  void splitsOfTheDemoModelAgree() {
    for (int layers : new int[] {1, 4, 6, 7}) {
      agrees(Golden.DEMO, PlacementOptions.layers(layers), false);
    }
  }

  @Test
  @Tag("quality")
  void splitsOfTheF16ModelWriteTheSameText() {
    Path file = GoldenData.file("models/shakespeare-5m-F16.gguf");
    for (int layers : new int[] {3, 7}) {
      agrees(file, PlacementOptions.layers(layers), true);
    }
  }

  @Test
  void overridesAgree() {
    for (String overrides :
        List.of("ffn_up=opencl:0", "blk\\.[135]\\.attn=opencl:0,output=opencl0", "ffn=cpu")) {
      PlacementOptions options =
          new PlacementOptions(3, false, List.of(), -1, false, TensorOverride.parse(overrides));
      agrees(Golden.DEMO, options, false);
    }
  }

  @Test
  void attentionOnTheCpuAgrees() {
    agrees(
        Golden.DEMO,
        new PlacementOptions(PlacementOptions.ALL, false, List.of(), -1, true, List.of()),
        false);
  }

  private static void agrees(Path path, PlacementOptions options, boolean sameText) {
    try (GgufFile file = GgufFile.open(path);
        Backend cpu = new ReferenceBackend();
        Backend gpu = Devices.openCl()) {
      Model model = Model.load(file, RopeOverrides.none());
      int[] tokens = model.tokenizer().encode(Golden.TEXT, true, true);
      List<Target> targets =
          List.of(target("cpu", Device.Kind.CPU, cpu), target("opencl", Device.Kind.GPU, gpu));
      List<String> warnings = new ArrayList<>();
      try (Session plain = new Session(model, cpu, CONFIG);
          Session split = new Session(new Placer(model, CONFIG, options, targets, warnings::add))) {
        List<double[]> expected = logProbabilities(plain, tokens);
        List<double[]> actual = logProbabilities(split, tokens);
        for (int i = 0; i < tokens.length; i++) {
          assertArrayEquals(expected.get(i), actual.get(i), BOUND, options + ", token " + i);
        }
        if (sameText) {
          assertArrayEquals(greedy(plain, tokens), greedy(split, tokens), options.toString());
        }
      }
      assertEquals(List.of(), warnings);
    }
  }

  private static Target target(String backend, Device.Kind kind, Backend opened) {
    Device device = new Device(backend, 0, kind, "", "", "", 0, 0, List.of(), "");
    return new Target(device, opened, Long.MAX_VALUE);
  }

  private static List<double[]> logProbabilities(Session session, int[] tokens) {
    List<double[]> rows = new ArrayList<>();
    int n = session.model().config().nVocab();
    session.evalAll(
        tokens, (i, logits, offset) -> rows.add(Completions.logProbabilities(logits, offset, n)));
    return rows;
  }

  private static int[] greedy(Session session, int[] prompt) {
    session.truncate(0);
    int[] tokens = new int[N_TOKENS];
    float[] logits = session.eval(Arrays.copyOf(prompt, 12));
    for (int i = 0; i < tokens.length; i++) {
      for (int id = 1; id < session.model().config().nVocab(); id++) {
        tokens[i] = logits[id] > logits[tokens[i]] ? id : tokens[i];
      }
      logits = session.eval(new int[] {tokens[i]});
    }
    return tokens;
  }
}
