package dev.lamina.engine.gguf;

import java.util.Map;

/**
 * One file of a model; the only one unless the model is split.
 *
 * @param name path of the file as opened, fit for messages
 * @param version of the format, 2 or 3
 * @param bytes size of the file
 * @param alignment in bytes, of every tensor's offset
 * @param dataOffset in bytes, where tensor data starts
 * @param metadata of this file
 * @param tensors by name, in the order of the file
 */
public record GgufPart(
    String name,
    int version,
    long bytes,
    long alignment,
    long dataOffset,
    Metadata metadata,
    Map<String, GgufTensor> tensors) {}
