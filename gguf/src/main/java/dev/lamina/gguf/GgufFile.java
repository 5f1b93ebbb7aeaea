package dev.lamina.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An opened GGUF file of version 2 or 3, or all parts of a split one. Everything in it was checked
 * when it was opened; the tensors' data are mapped, or read when they are needed ({@link
 * LoadMode}). The owner closes it, after which no tensor may be touched.
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
   * The same file with one tensor replaced by another of the same name. Closing the result does
   * nothing; this file stays the owner.
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

  /** As {@link #open(Path, LoadMode)}, mapped. */
  public static GgufFile open(Path path) {
    return open(path, LoadMode.AUTO);
  }

  /**
   * Opens a file; of a split one, the first part; of one that was cut in pieces, any of them.
   *
   * @throws GgufFormatException if it, or a part, cannot be read, is not a valid GGUF file, or has
   *     a tensor of a type that cannot be read
   */
  public static GgufFile open(Path path, LoadMode mode) {
    GgufFile file = openAny(path, mode);
    try {
      file.requireReadable();
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** As {@link #openAny(Path, LoadMode)}, mapped. */
  public static GgufFile openAny(Path path) {
    return openAny(path, LoadMode.AUTO);
  }

  /**
   * As {@link #open}, but only to look at the file: a tensor of a type that cannot be read is in
   * {@link #table}, and not in {@link #tensors}.
   */
  @SuppressWarnings("MustBeClosedChecker") // closed by the GgufFile
  public static GgufFile openAny(Path path, LoadMode mode) {
    FileOpener opener = new FileOpener(mode);
    try {
      List<Path> pieces = FilePieces.of(path);
      GgufPart first = readPart(path, pieces, opener);
      List<GgufPart> parts =
          SplitParts.readAll(path, first, other -> readPart(other, List.of(other), opener));
      List<Path> paths = pieces.size() > 1 ? pieces : SplitParts.paths(path, parts.size());
      return new GgufFile(parts, paths, opener::close);
    } catch (RuntimeException | Error e) {
      opener.close();
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
    GgufPart part = PartReader.read(FileBytes.of(bytes), Printable.escape(name));
    int count = SplitParts.count(part);
    if (count > 1) {
      throw new GgufFormatException(
          part.name() + ": is a part of a file split in " + count + ", expected a whole file");
    }
    GgufFile file = new GgufFile(List.of(part), List.of(), () -> {});
    file.requireReadable();
    return file;
  }

  private void requireReadable() {
    for (TensorEntry entry : table()) {
      if (entry.problem() != null) {
        throw new GgufFormatException(entry.problem());
      }
    }
  }

  /**
   * The same file with the user's values of metadata keys. It replaces this one: close only one of
   * the two.
   */
  public GgufFile with(List<KeyOverride> keys) {
    List<GgufPart> changed = new ArrayList<>(parts);
    changed.set(0, changed.getFirst().with(metadata().with(keys)));
    return new GgufFile(List.copyOf(changed), paths, tensors, onClose);
  }

  private static GgufPart readPart(Path path, List<Path> pieces, FileOpener opener) {
    FileBytes bytes = opener.open(pieces);
    try {
      return PartReader.read(bytes, Printable.escape(path.toString()));
    } catch (InternalError | UncheckedIOException e) {
      throw bytes.unreadable("header", e);
    }
  }

  /** Oddities found so far that do not keep the model from running. */
  public FileWarnings warnings() {
    return metadata().warnings();
  }

  /** The tensor tables of all parts, with the tensors of types that cannot be read too. */
  public List<TensorEntry> table() {
    return parts.stream().flatMap(part -> part.table().stream()).toList();
  }

  /**
   * The files that {@link #open} would read by this name: all parts of a split file, all pieces of
   * one that was cut, else only itself.
   */
  public static List<Path> filesNamed(Path path) {
    try {
      List<Path> pieces = FilePieces.of(path);
      return pieces.size() > 1 ? pieces : SplitParts.pathsNamed(path);
    } catch (GgufFormatException e) {
      return List.of(path); // to open it tells what is missing
    }
  }

  /** Metadata of the model, which is in the first part. */
  public Metadata metadata() {
    return parts.getFirst().metadata();
  }

  /** Tensors of all parts by name, in the order of the files. */
  public Map<String, GgufTensor> tensors() {
    return tensors;
  }

  /** Bytes of all tensors. */
  public long tensorBytes() {
    return tensors.values().stream().mapToLong(GgufTensor::byteSize).sum();
  }

  /** The parts of this file, the first one first; a single part unless the file is split. */
  public List<GgufPart> parts() {
    return parts;
  }

  /** Paths of the parts; empty if the file was in memory. */
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
