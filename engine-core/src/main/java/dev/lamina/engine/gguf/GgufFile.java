package dev.lamina.engine.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An opened GGUF file of version 2 or 3, or all parts of a split one. Everything in it was checked
 * when it was opened; the tensors' data is mapped, not read. The owner closes it, after which no
 * tensor may be touched.
 */
public final class GgufFile implements AutoCloseable {
  private final List<GgufPart> parts;
  private final List<Path> paths;
  private final Map<String, GgufTensor> tensors;
  private final Runnable onClose;

  private GgufFile(List<GgufPart> parts, List<Path> paths, Runnable onClose) {
    this(parts, paths, SplitParts.merge(parts), onClose);
  }

  private GgufFile(
      List<GgufPart> parts, List<Path> paths, Map<String, GgufTensor> tensors, Runnable onClose) {
    this.parts = parts;
    this.paths = paths;
    this.tensors = tensors;
    this.onClose = onClose;
  }

  /**
   * The same with another tensor in the place of the one of its name. To close it does nothing:
   * this file stays the owner.
   *
   * @param replacement of the same shape
   * @throws IllegalArgumentException if there is no such tensor
   */
  public GgufFile with(GgufTensor replacement) {
    GgufTensor present = tensors.get(replacement.name());
    if (present == null || !present.shape().equals(replacement.shape())) {
      throw new IllegalArgumentException("no tensor like " + replacement.name());
    }
    Map<String, GgufTensor> changed = new LinkedHashMap<>(tensors);
    changed.put(replacement.name(), replacement);
    return new GgufFile(parts, paths, Collections.unmodifiableMap(changed), () -> {});
  }

  /**
   * Opens a file; of a split one, the first part.
   *
   * @throws GgufFormatException if it, or a part, cannot be read or is not a valid GGUF file
   */
  @SuppressWarnings("MustBeClosedChecker") // closed by the GgufFile
  public static GgufFile open(Path path) {
    Arena arena = Arena.ofShared();
    try {
      GgufPart first = readPart(path, arena);
      List<GgufPart> parts = SplitParts.readAll(path, first, other -> readPart(other, arena));
      return new GgufFile(parts, SplitParts.paths(path, parts.size()), arena::close);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Reads a whole unsplit file that is in memory already; the caller keeps the segment alive.
   *
   * @param name for messages
   * @throws GgufFormatException if it is not a valid GGUF file or a part of a split one
   */
  public static GgufFile of(MemorySegment bytes, String name) {
    GgufPart part = PartReader.read(bytes, Printable.escape(name));
    int count = SplitParts.count(part);
    if (count > 1) {
      throw new GgufFormatException(
          part.name() + ": is a part of a file split in " + count + ", expected a whole file");
    }
    return new GgufFile(List.of(part), List.of(), () -> {});
  }

  private static GgufPart readPart(Path path, Arena arena) {
    String name = Printable.escape(path.toString());
    if (Files.isDirectory(path)) {
      throw new GgufFormatException(name + ": is a directory, expected a GGUF file");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new GgufFormatException(name + ": is a device or pipe, expected a GGUF file");
    }
    return PartReader.read(map(path, name, arena), name);
  }

  private static MemorySegment map(Path path, String name, Arena arena) {
    try (FileChannel channel = FileChannel.open(path)) {
      long size = channel.size();
      return size == 0 ? MemorySegment.NULL : channel.map(MapMode.READ_ONLY, 0, size, arena);
    } catch (NoSuchFileException e) {
      throw new GgufFormatException(name + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new GgufFormatException(name + ": cannot be read, permission denied", e);
    } catch (IOException e) {
      throw new GgufFormatException(
          name + ": cannot be read: " + Printable.escape(String.valueOf(e.getMessage())), e);
    }
  }

  /** Of the first part, which has the model's. */
  public Metadata metadata() {
    return parts.getFirst().metadata();
  }

  /** Of all parts, by name, in the order of the files. */
  public Map<String, GgufTensor> tensors() {
    return tensors;
  }

  /** The files that this consists of, the first part first; just one unless split. */
  public List<GgufPart> parts() {
    return parts;
  }

  /** Where these files are; none if the file was in memory. */
  public List<Path> paths() {
    return paths;
  }

  /**
   * Whether a path, also by a link, leads to one of these files, so that it must not be written.
   */
  public boolean isReadFrom(Path path) throws IOException {
    for (Path source : paths) {
      if (Files.exists(path) && Files.isSameFile(path, source)) {
        return true;
      }
    }
    return false;
  }

  /** Size of all files together. */
  public long bytes() {
    return parts.stream().mapToLong(GgufPart::bytes).sum();
  }

  @Override
  public void close() {
    onClose.run();
  }
}
