package dev.lamina.engine.schedule;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.model.ModelIdentity;
import dev.lamina.gguf.output.OutputException;
import dev.lamina.gguf.output.PendingFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Files that hold the state of a sequence: its tokens, and what the layers keep of them. {@link
 * StateHead} describes their bytes.
 */
final class StateFile {
  /** Most bytes that one call writes or reads: byte buffers have less than 2 GiB. */
  static final long PIECE = 1 << 28;

  private StateFile() {}

  /**
   * Writes the longest start of some tokens that is in memory, replacing the file.
   *
   * @return its length; 0 if nothing is in memory, then nothing is written
   * @throws OutputException if the file cannot be written; it is as it was then
   * @throws BackendException if a device fails; likewise
   */
  static int save(LoadedModel loaded, int[] tokens, Path file) throws OutputException {
    try (LoadedModel.Loan loan = loaded.lend(tokens)) {
      Sequence sequence = loan.sequence();
      if (sequence.position() > 0) {
        PendingFiles.write(file, channel -> write(loaded, sequence, channel));
      }
      return sequence.position();
    }
  }

  private static void write(LoadedModel loaded, Sequence sequence, WritableByteChannel to)
      throws IOException {
    StateHead head =
        new StateHead(
            ModelIdentity.of(loaded.model()),
            loaded.stateLayout(),
            Arrays.copyOf(sequence.tokens(), sequence.position()),
            loaded.stateBytes(sequence.position()));
    CRC32C checksum = new CRC32C();
    write(head.encode(), checksum, to);
    write(StateReader.bytes(checksum), checksum, to);
    loaded.readState(
        sequence,
        page -> {
          for (long at = 0; at < page.byteSize(); at += PIECE) {
            long n = Math.min(PIECE, page.byteSize() - at);
            write(page.asSlice(at, n).asByteBuffer(), checksum, to);
          }
        });
    to.write(StateReader.bytes(checksum));
  }

  private static void write(ByteBuffer bytes, CRC32C checksum, WritableByteChannel to)
      throws IOException {
    checksum.update(bytes.duplicate());
    to.write(bytes);
  }

  /**
   * Loads a file; what it holds is a kept sequence then.
   *
   * @throws StateException if it cannot be read, is damaged, of another model or no state at all;
   *     nothing is in memory that was not before
   */
  static SavedState load(LoadedModel loaded, Path file) {
    try (StateReader reader = StateReader.open(file)) {
      StateHead head = reader.head();
      if (!Arrays.equals(head.identity(), ModelIdentity.of(loaded.model()))) {
        throw reader.refusal("is a saved state of another model");
      }
      int nVocab = loaded.model().config().nVocab();
      if (Arrays.stream(head.tokens()).anyMatch(token -> token < 0 || token >= nVocab)) {
        throw reader.refusal(StateHead.DAMAGED);
      }
      boolean fits =
          head.layout().equals(loaded.stateLayout())
              && head.stateBytes() == loaded.stateBytes(head.tokens().length);
      int restored = fits ? loaded.restore(head.tokens(), reader) : 0;
      return new SavedState(head.tokens(), restored, fits);
    }
  }
}
