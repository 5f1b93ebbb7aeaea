package dev.lamina.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Maps or opens the files of a model, and owns what is open. */
final class FileOpener implements AutoCloseable {
  /** The JDK's option for direct I/O, which javac warns of by name; null where there is none. */
  private static final OpenOption DIRECT = direct();

  private final LoadMode mode;
  private final Arena arena = Arena.ofShared();
  private final List<FileChannel> channels = new ArrayList<>();

  FileOpener(LoadMode mode) {
    this.mode = mode;
  }

  /**
   * Opens the pieces of a file.
   *
   * @throws GgufFormatException if one cannot be opened
   */
  FileBytes open(List<Path> paths) {
    List<FilePiece> pieces = new ArrayList<>();
    List<FileState> files = new ArrayList<>();
    for (Path path : paths) {
      pieces.add(open(path, Printable.escape(path.toString()), files));
    }
    return new FileBytes(pieces, files, arena);
  }

  private FilePiece open(Path path, String name, List<FileState> files) {
    if (Files.isDirectory(path)) {
      throw new GgufFormatException(name + ": is a directory, expected a GGUF file");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new GgufFormatException(name + ": is a device or pipe, expected a GGUF file");
    }
    try {
      return mode.isMapped() ? map(path, name, files) : read(path, name, files);
    } catch (NoSuchFileException e) {
      throw new GgufFormatException(name + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new GgufFormatException(name + ": cannot be read, permission denied", e);
    } catch (IOException e) {
      throw new GgufFormatException(
          name + ": cannot be read: " + Printable.escape(String.valueOf(e.getMessage())), e);
    }
  }

  private FilePiece map(Path path, String name, List<FileState> files) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      long size = channel.size();
      files.add(FileState.of(path, name, size));
      return new FilePiece.InMemory(
          size == 0
              ? MemorySegment.NULL
              : channel.map(MapMode.READ_ONLY, 0, size, arena).asReadOnly());
    }
  }

  private FilePiece read(Path path, String name, List<FileState> files) throws IOException {
    int block = mode == LoadMode.DIRECT_IO ? directBlock(path) : 1;
    FileChannel channel =
        block > 1
            ? FileChannel.open(path, StandardOpenOption.READ, DIRECT)
            : FileChannel.open(path);
    channels.add(channel);
    long size = channel.size();
    files.add(FileState.of(path, name, size));
    return new ReadPiece(channel, size, block);
  }

  private static OpenOption direct() {
    try {
      for (Object option :
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
        if (option.toString().equals("DIRECT") && option instanceof OpenOption direct) {
          return direct;
        }
      }
      return null;
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  /** Block size of direct I/O on a file; 1 where its file system has none. */
  private static int directBlock(Path path) {
    if (DIRECT == null) {
      return 1;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, DIRECT)) {
      int block = Math.toIntExact(Files.getFileStore(path).getBlockSize());
      if (Integer.bitCount(block) != 1) {
        return 1;
      }
      new ReadPiece(channel, channel.size(), block)
          .copy(0, MemorySegment.ofArray(new byte[1]), 0, Math.min(1, channel.size()));
      return block;
    } catch (IOException | UncheckedIOException | UnsupportedOperationException e) {
      return 1; // to open it without tells what is wrong, if anything is
    }
  }

  @Override
  public void close() {
    arena.close();
    for (FileChannel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
