import type { Disk, DiskFile } from './disk.ts';

/** What a file has been told since it was last durable. */
type Change = { readonly at: number; readonly bytes: Uint8Array } | { readonly truncateTo: number };
interface Node {
  view: Uint8Array;
  durable: Uint8Array;
  unsynced: Change[];
}
/** Names that change together, or not at all. */
type NameChange = readonly { readonly path: string; readonly node: Node | null }[];

export type DiskOperation =
  | 'create'
  | 'open'
  | 'remove'
  | 'rename'
  | 'write'
  | 'truncate'
  | 'syncData'
  | 'sync'
  | 'syncDirectory'
  | 'read'
  | 'list';

export interface FakeDisk extends Disk {
  /** Called before every operation that changes something, and after it: the moments at which power can go. */
  onBoundary: (() => void) | null;
  /** Makes operations fail: return an errno name to fail this one. `'SHORT'` writes half. */
  fault: ((operation: DiskOperation, path: string) => string | null) | null;
  /** Every state the disk may be found in if power goes now. */
  crashStates(): Iterable<{ readonly name: string; readonly disk: FakeDisk }>;
  /** The process dies, the machine lives: what was written stays readable, locks go. */
  kill(): FakeDisk;
  /** What can be read now, by path. */
  files(): ReadonlyMap<string, Uint8Array>;
  /** Flips bits of a file at rest. */
  damage(path: string, at: number, mask: number): void;
}

/** A disk that keeps what was synced and may lose, tear, reorder or zero the rest. */
export function createFakeDisk(initial: ReadonlyMap<string, Uint8Array> = new Map()): FakeDisk {
  const durableNames = new Map<string, Node>();
  for (const [path, bytes] of initial) {
    durableNames.set(path, { view: bytes, durable: bytes, unsynced: [] });
  }
  return fromNodes(durableNames, new Map(durableNames), []);
}

function fromNodes(
  durableNames: Map<string, Node>,
  names: Map<string, Node>,
  unsyncedNames: NameChange[],
): FakeDisk {
  const locks = new Set<string>();

  function step<T>(operation: DiskOperation, path: string, run: (short: boolean) => T): Promise<T> {
    const changes = operation !== 'read' && operation !== 'list' && operation !== 'open';
    if (changes) disk.onBoundary?.();
    const fault = disk.fault?.(operation, path) ?? null;
    if (fault !== null && fault !== 'SHORT') {
      if (operation === 'syncData' || operation === 'sync') forgetUnsynced(names.get(path));
      return Promise.reject(
        Object.assign(new Error(`${fault}: ${operation} ${path}`), { code: fault }),
      );
    }
    try {
      const result = run(fault === 'SHORT');
      if (changes) disk.onBoundary?.();
      return Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function file(path: string, node: Node): DiskFile {
    const sync = () => {
      node.durable = node.view;
      node.unsynced = [];
    };
    return {
      read: (into, at) =>
        step('read', path, () => {
          const part = node.view.subarray(at, at + into.length);
          into.set(part);
          return part.length;
        }),
      write: (bytes, at) =>
        step('write', path, (short) => {
          const taken = bytes.slice(0, short ? Math.ceil(bytes.length / 2) : bytes.length);
          change(node, { at, bytes: taken });
          return taken.length;
        }),
      truncate: (size) => step('truncate', path, () => change(node, { truncateTo: size })),
      size: () => Promise.resolve(node.view.length),
      syncData: () => step('syncData', path, sync),
      sync: () => step('sync', path, sync),
      close: () => Promise.resolve(),
    };
  }

  const disk: FakeDisk = {
    onBoundary: null,
    fault: null,
    makeDirectory: () => Promise.resolve(),
    list: (directory) =>
      step('list', directory, () =>
        [...names.keys()]
          .filter((path) => path.startsWith(`${directory}/`))
          .map((path) => path.slice(directory.length + 1)),
      ),
    create: (path) =>
      step('create', path, () => {
        if (names.has(path)) throw Object.assign(new Error(`EEXIST: ${path}`), { code: 'EEXIST' });
        const node: Node = { view: new Uint8Array(0), durable: new Uint8Array(0), unsynced: [] };
        names.set(path, node);
        unsyncedNames.push([{ path, node }]);
        return file(path, node);
      }),
    open: (path) =>
      step('open', path, () => {
        const node = names.get(path);
        if (node === undefined)
          throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
        return file(path, node);
      }),
    remove: (path) =>
      step('remove', path, () => {
        names.delete(path);
        unsyncedNames.push([{ path, node: null }]);
      }),
    rename: (from, to) =>
      step('rename', from, () => {
        const moved = [...names].filter(([path]) => path === from || path.startsWith(`${from}/`));
        const change = moved.flatMap(([path, node]) => [
          { path, node: null },
          { path: to + path.slice(from.length), node },
        ]);
        applyName(names, change);
        unsyncedNames.push(change);
      }).then(() => disk.syncDirectory(to)),
    syncDirectory: (path) =>
      step('syncDirectory', path, () => {
        for (const change of unsyncedNames.splice(0)) applyName(durableNames, change);
      }),
    async lock(path) {
      if (locks.has(path)) return null;
      locks.add(path);
      return async () => {
        locks.delete(path);
      };
    },
    *crashStates() {
      for (const named of nameStates(durableNames, unsyncedNames)) {
        for (const contents of contentStates(named.names)) {
          yield { name: `${named.name}, ${contents.name}`, disk: createFakeDisk(contents.files) };
        }
      }
    },
    files: () => new Map([...names].map(([path, { view }]) => [path, view])),
    damage(path, at, mask) {
      const node = names.get(path)!;
      node.view = node.view.slice();
      node.view[at]! ^= mask;
      node.durable = node.view;
    },
    kill() {
      const copies = new Map<Node, Node>();
      const copy = (node: Node): Node => {
        const made = copies.get(node) ?? { ...node, unsynced: [...node.unsynced] };
        copies.set(node, made);
        return made;
      };
      return fromNodes(
        new Map([...durableNames].map(([path, node]) => [path, copy(node)])),
        new Map([...names].map(([path, node]) => [path, copy(node)])),
        unsyncedNames.map((change) =>
          change.map(({ path, node }) => ({ path, node: node && copy(node) })),
        ),
      );
    },
  };
  return disk;
}

/** Equal for disks on which the same can be read. */
export function fingerprint(disk: FakeDisk): string {
  return [...disk.files()]
    .map(([path, bytes]) => `${path}=${Buffer.from(bytes).toString('latin1')}`)
    .sort()
    .join();
}

/** After a failed sync the kernel calls the pages clean: readable, and never written. */
function forgetUnsynced(node: Node | undefined): void {
  if (node !== undefined) node.unsynced = [];
}

function change(node: Node, made: Change): void {
  node.view = applyChange(node.view, made);
  node.unsynced.push(made);
}

function applyChange(bytes: Uint8Array, made: Change): Uint8Array {
  if ('truncateTo' in made) {
    const cut = new Uint8Array(made.truncateTo);
    cut.set(bytes.subarray(0, made.truncateTo));
    return cut;
  }
  const grown = new Uint8Array(Math.max(bytes.length, made.at + made.bytes.length));
  grown.set(bytes);
  grown.set(made.bytes, made.at);
  return grown;
}

function applyName(names: Map<string, Node>, change: NameChange): void {
  for (const { path, node } of change) {
    if (node === null) names.delete(path);
    else names.set(path, node);
  }
}

/** Without a sync of the directory, any of the changed names may have reached the disk and any other not. */
function* nameStates(durable: ReadonlyMap<string, Node>, changes: readonly NameChange[]) {
  for (let chosen = 0; chosen < 2 ** changes.length; chosen++) {
    const kept = changes.filter((_, index) => ((chosen >> index) & 1) === 1);
    const names = new Map(durable);
    for (const change of kept) applyName(names, change);
    yield {
      name: `names changed: ${kept.map((change) => change.at(-1)?.path).join() || 'none'}`,
      names,
    };
  }
}

/** One file at a time is being written; the others are as they were synced. */
function* contentStates(names: ReadonlyMap<string, Node>) {
  const files = new Map([...names].map(([path, node]) => [path, node.durable]));
  const dirty = [...names].filter(([, node]) => node.unsynced.length > 0);
  yield { name: 'nothing unsynced kept', files };
  for (const [path, node] of dirty) {
    for (const { name, bytes } of tornContents(node)) {
      yield { name: `${path} ${name}`, files: new Map(files).set(path, bytes) };
    }
  }
}

function* tornContents(node: Node) {
  let before = node.durable;
  for (const [index, made] of node.unsynced.entries()) {
    const after = applyChange(before, made);
    if (!('truncateTo' in made)) {
      const { at, bytes } = made;
      for (const length of tearLengths(bytes.length)) {
        yield {
          name: `change ${index} torn at ${length}`,
          bytes: applyChange(before, { at, bytes: bytes.slice(0, length) }),
        };
      }
      // The size reached the disk, a part of the contents did not.
      const third = Math.ceil(bytes.length / 3);
      for (const [from, to] of [
        [0, bytes.length],
        [0, third],
        [third, 2 * third],
      ] as const) {
        yield {
          name: `change ${index} without its bytes ${from} to ${to}`,
          bytes: withoutPart(before, after, at + from, at + to),
        };
      }
    }
    yield { name: `${index + 1} changes kept`, bytes: after };
    before = after;
  }
}

function tearLengths(length: number): number[] {
  const wanted = [
    1,
    11,
    12,
    13,
    Math.floor(length / 4),
    Math.floor(length / 2),
    length - 13,
    length - 1,
  ];
  return [...new Set(wanted)].filter((at) => at > 0 && at < length);
}

/** A sector that was not written is as it was: zeros only where nothing had been. */
function withoutPart(before: Uint8Array, after: Uint8Array, from: number, to: number): Uint8Array {
  const lost = after.slice().fill(0, from, to);
  lost.set(before.subarray(from, to), from);
  return lost;
}
