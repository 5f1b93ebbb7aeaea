package dev.lamina.cli;

import dev.lamina.gguf.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The embedded model of the application, for a first try. */
final class DemoModel {
  static final String NAME = "shakespeare-5m-Q4_K_M";

  /** Alignment of tensor data in GGUF files, and of the widest vectors. */
  private static final long ALIGNMENT = 64;

  private DemoModel() {}

  /** Opens the model as a copy in native memory, which lives as long as it is in use. */
  static GgufFile open() {
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + NAME + ".gguf")) {
      byte[] bytes = in.readAllBytes();
      MemorySegment segment = Arena.ofAuto().allocate(bytes.length, ALIGNMENT);
      MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, 0, bytes.length);
      return GgufFile.of(segment, NAME);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
