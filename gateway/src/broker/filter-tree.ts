/**
 * Which subscriptions match a topic: a tree of levels.
 * @module
 */
export interface FilterTree<T> {
  set(filter: string, key: string, value: T): void;
  delete(filter: string, key: string): void;
  match(topic: string): T[];
  readonly size: number;
}

interface Level<T> {
  readonly below: Map<string, Level<T>>;
  readonly values: Map<string, T>;
}

export function createFilterTree<T>(): FilterTree<T> {
  const root: Level<T> = createLevel();
  let size = 0;

  function collect(level: Level<T>, names: readonly string[], at: number, found: T[]): void {
    // [MQTT-4.7.2-1]
    const isHidden = at === 0 && names[0]!.startsWith('$');
    const all = isHidden ? undefined : level.below.get('#');
    if (all) found.push(...all.values.values());
    if (at === names.length) {
      found.push(...level.values.values());
      return;
    }
    const named = level.below.get(names[at]!);
    if (named) collect(named, names, at + 1, found);
    const any = isHidden ? undefined : level.below.get('+');
    if (any) collect(any, names, at + 1, found);
  }

  return {
    set(filter, key, value) {
      let level = root;
      for (const name of filter.split('/')) {
        let next = level.below.get(name);
        if (next === undefined) {
          next = createLevel();
          level.below.set(name, next);
        }
        level = next;
      }
      if (!level.values.has(key)) size += 1;
      level.values.set(key, value);
    },

    delete(filter, key) {
      const path: { level: Level<T>; name: string }[] = [];
      let level = root;
      for (const name of filter.split('/')) {
        const next = level.below.get(name);
        if (next === undefined) return;
        path.push({ level, name });
        level = next;
      }
      if (level.values.delete(key)) size -= 1;
      // Empty branches go, or a client could grow the tree for ever.
      for (const { level: above, name } of path.reverse()) {
        const below = above.below.get(name)!;
        if (below.values.size > 0 || below.below.size > 0) break;
        above.below.delete(name);
      }
    },

    match(topic) {
      if (size === 0) return [];
      const found: T[] = [];
      collect(root, topic.split('/'), 0, found);
      return found;
    },

    get size() {
      return size;
    },
  };
}

function createLevel<T>(): Level<T> {
  return { below: new Map(), values: new Map() };
}
