package dev.lamina.engine.model;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Tells models from each other by their metadata, the names, types and shapes of their tensors, and
 * the settings that replace those of the file. The weights themselves are not read, so two models
 * that differ in nothing else have the same identity.
 */
public final class ModelIdentity {
  /** Bytes of an identity. */
  public static final int BYTES = 32;

  private final MessageDigest digest;

  private ModelIdentity() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The identity of a model, {@link #BYTES} bytes. */
  public static byte[] of(Model model) {
    ModelIdentity identity = new ModelIdentity();
    identity.add(model.metadata());
    for (Op op : model.graph().ops()) {
      op.weights().forEach(identity::add);
      if (op instanceof Op.Rope rope) {
        identity.add(rope.config());
      }
    }
    return identity.digest.digest();
  }

  private void add(Metadata metadata) {
    for (String key : metadata.keys()) {
      add(key);
      add(metadata.typeName(key));
      addValue(metadata.get(key));
    }
  }

  private void addValue(Object value) {
    if (value instanceof MetadataArray array) {
      array.values().forEach(this::addValue);
    } else {
      add(value.toString());
    }
  }

  private void add(GgufTensor tensor) {
    add(tensor.name());
    add(tensor.type().name());
    add(tensor.shape().toString());
  }

  private void add(RopeConfig rope) {
    add(rope.pairing().name());
    add(rope.nDims() + " " + rope.freqBase() + " " + rope.freqScale() + " " + rope.yarn());
    add(Arrays.toString(rope.freqFactors()));
  }

  /** Adds a text with its length, so that no two lists of texts have the same bytes. */
  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      digest.update((byte) (bytes.length >>> shift));
    }
    digest.update(bytes);
  }
}
