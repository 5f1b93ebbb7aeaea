package dev.lamina.bench;

import dev.lamina.bench.FileTypeNames.FileTypeName;
import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.gguf.GgufTensor;
import dev.lamina.engine.gguf.Metadata;

/**
 * What a result says about the model.
 *
 * @param type architecture, size and file type in llama.cpp's words: {@code qwen2 3B Q4_K - Medium}
 * @param bytes of the tensors
 * @param parameters elements of the tensors
 */
public record BenchModel(String fileName, String type, long bytes, long parameters) {
  public static BenchModel of(GgufFile file) {
    long bytes = 0;
    long parameters = 0;
    for (GgufTensor tensor : file.tensors().values()) {
      bytes += tensor.data().byteSize();
      parameters += tensor.columns() * tensor.rows();
    }
    Metadata metadata = file.metadata();
    String type =
        metadata.string("general.architecture", "unknown")
            + " "
            + SizeLabel.of(metadata, parameters)
            + " "
            + FileTypeNames.of(metadata.integer("general.file_type", -1))
                .map(FileTypeName::text)
                .orElse("unknown type");
    return new BenchModel(metadata.source(), type, bytes, parameters);
  }

  /** Architecture and size: {@code qwen2 3B}; all of {@link #type} if its file type is unknown. */
  public String label() {
    return FileTypeNames.atEndOf(type)
        .map(known -> type.substring(0, type.length() - known.text().length() - 1))
        .orElse(type);
  }

  /** The file type for short: {@code Q4_K_M}; {@code ?} if unknown. */
  public String fileType() {
    return FileTypeNames.atEndOf(type).map(FileTypeName::name).orElse("?");
  }
}
