package dev.lamina.text.template;

import java.util.Iterator;

/** The result of {@code keys()}, {@code values()} and {@code items()} of a dict. */
record DictView(Dict dict, Kind kind) {
  enum Kind {
    KEYS,
    VALUES,
    ITEMS
  }

  Iterator<Object> iterator() {
    Iterator<Dict.Entry> entries = dict.entries().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public Object next() {
        Dict.Entry e = entries.next();
        return switch (kind) {
          case KEYS -> e.key;
          case VALUES -> e.value;
          case ITEMS -> Tuple.of(e.key, e.value);
        };
      }
    };
  }
}
