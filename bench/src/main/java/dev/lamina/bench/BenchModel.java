package dev.lamina.bench;

import dev.lamina.gguf.FileTypeName;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Metadata;
import dev.lamina.quantize.FileType;

/**
 * The model, as a result describes it.
 *
 * @param family architecture and size, the same for files of one model: {@code qwen2 3B}
 * @param fileType as in file names: {@code Q4_K_M}
 * @param fileTypeName in llama.cpp's words: {@code Q4_K - Medium}
 * @param bytes of the tensors
 * @param parameters elements of the tensors
 */
public record BenchModel(
    String fileName,
    String family,
    String fileType,
    String fileTypeName,
    long bytes,
    long parameters) {
  public static BenchModel of(GgufFile file) {
    long bytes = 0;
    long parameters = 0;
    for (GgufTensor tensor : file.tensors().values()) {
      bytes += tensor.byteSize();
      parameters += tensor.columns() * tensor.rows();
    }
    Metadata metadata = file.metadata();
    FileTypeName type = FileTypeName.of(fileType(metadata));
    String family =
        metadata.string("general.architecture", "unknown")
            + " "
            + SizeLabel.of(metadata, parameters);
    return new BenchModel(
        metadata.source(), family, type.shortName(), type.longName(), bytes, parameters);
  }

  /** The number in the file; -1 if it is none. */
  private static int fileType(Metadata metadata) {
    return metadata.get("general.file_type") instanceof Number id ? id.intValue() : -1;
  }

  /** The {@link #fileType} of a model before it is made. */
  public static String fileType(FileType synthetic) {
    return FileTypeName.of(synthetic.id()).shortName();
  }

  /** As in llama-bench's tables: {@code qwen2 3B Q4_K - Medium}. */
  public String type() {
    return family + " " + fileTypeName;
  }
}
