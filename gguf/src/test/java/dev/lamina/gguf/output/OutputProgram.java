package dev.lamina.gguf.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A program that {@link InterruptionTest} stops, or runs on a full disk. */
final class OutputProgram {
  private OutputProgram() {}

  /** Writes a file piece by piece, beside a complete one and a temporary one. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    try (PendingFiles files = new PendingFiles();
        Temporary temporary = Temporary.file(folder, "temporary-", ".tmp");
        Temporary inside = Temporary.folder("lamina-test-")) {
      files.add(folder.resolve("complete"), PendingFiles.bytes("complete"));
      WritableByteChannel channel = files.open(folder.resolve("growing"));
      // The other end knows by this that all is there.
      System.out.println(temporary.path() + " " + inside.path());
      for (long piece = 0; piece < Long.parseLong(args[1]); piece++) {
        channel.write(ByteBuffer.allocate(1024));
        Thread.sleep(1);
      }
      channel.close();
      files.commit();
    } catch (OutputException e) {
      System.out.println(e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
