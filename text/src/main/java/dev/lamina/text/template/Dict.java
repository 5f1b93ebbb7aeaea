package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Python dict: insertion order, and keys that compare as Python's do ({@code 1}, {@code 1.0} and
 * {@code True} are one key).
 */
final class Dict {
  /** One item; the key is kept as it was first written. */
  static final class Entry {
    final Object key;
    Object value;

    private Entry(Object key, Object value) {
      this.key = key;
      this.value = value;
    }
  }

  private final Map<Object, Entry> entries = new LinkedHashMap<>();

  int size() {
    return entries.size();
  }

  boolean has(Object key) {
    return entries.containsKey(Keys.canonical(key));
  }

  /** The entry, or null. */
  Entry find(Object key) {
    return entries.get(Keys.canonical(key));
  }

  /** The value, or {@code fallback} where there is none. */
  Object get(Object key, Object fallback) {
    Entry entry = find(key);
    return entry == null ? fallback : entry.value;
  }

  void put(Object key, Object value) {
    Object canonical = Keys.canonical(key);
    Entry entry = entries.get(canonical);
    if (entry == null) {
      entries.put(canonical, new Entry(key, value));
    } else {
      entry.value = value;
    }
  }

  Entry remove(Object key) {
    return entries.remove(Keys.canonical(key));
  }

  void clear() {
    entries.clear();
  }

  /** A snapshot, so that a loop body may change the dict. */
  List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }

  Dict copy() {
    Dict copy = new Dict();
    entries.forEach((k, e) -> copy.entries.put(k, new Entry(e.key, e.value)));
    return copy;
  }
}
