/**
 * Returns a map without entries: the same one if it is empty, else a new one.
 *
 * In V8, `Map.clear` makes the old table refer to a new one. Once a table is in the old generation of the heap, each
 * later one is moved there too, with all that it contains, until that generation is collected.
 */
export function emptied<K, V>(map: Map<K, V>): Map<K, V> {
  return map.size > 0 ? new Map<K, V>() : map;
}
