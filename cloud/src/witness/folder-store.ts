/**
 * The memory of a witness that runs by itself, in a folder:
 *
 *     logs            sigill-witness@v1 <key of this witness>, then a line for each log that it ever cosigned
 *     log/<hash>      the newest head of each, written whole beside the old one and then put in its place
 *     retired         why it must never sign again
 *     fork/, doubt/   see folder-forks.ts
 *     operator/       see follow-operator.ts
 *
 * A log's file comes before its line, and both before the first cosignature: so whatever is listed was there, and is
 * missed when it is gone.
 * @module
 */
import { formatNoteKey, type NoteKey, originHash, toHex } from '@sigill/evidence';
import { CloudError } from '../errors.ts';
import { createTurns } from '../ingest/turns.ts';
import { formatHead, parseHead } from './head-file.ts';
import type { StateDisk } from './state-disk.ts';
import { retired as asRetired } from './witness.ts';
import type { CosignedHead, WitnessStore } from './witness-store.ts';

export const STATE_FOLDERS = ['.', 'log', 'fork', 'doubt', 'operator'];
const LIST = 'logs';
const RETIRED = 'retired';
const NEW = '.new';

export interface FolderStore extends WitnessStore {
  /** Of the logs cosigned, each with its key. */
  keys(): readonly NoteKey[];
}

/** Before the first start, once for a key. */
export async function beginState(disk: StateDisk, key: NoteKey): Promise<void> {
  if ((await disk.read(LIST)) !== null || (await disk.names('log')).length > 0)
    throw new CloudError('FILE_EXISTS', 'a witness has its state there already');
  await replace(disk, '.', LIST, titleOf(key));
}

/**
 * @param keyOf the key of a log that is watched
 * @throws CloudError WITNESS_RETIRED for what is lost or damaged
 */
export async function openFolderStore(
  disk: StateDisk,
  key: NoteKey,
  keyOf: (origin: string) => NoteKey | undefined,
): Promise<FolderStore> {
  const heads = await readState(disk, key);
  const turns = createTurns();
  let broken: unknown = null;
  let why = (await disk.read(RETIRED))?.toString('utf8').trim() ?? null;

  async function keep(head: CosignedHead): Promise<void> {
    const logKey = keyOf(head.origin) ?? heads.get(head.origin)?.key;
    if (logKey === undefined) throw new Error(`${head.origin} is not watched`);
    const file = formatHead({ key: logKey, head });
    await asState(disk.write(`log/${nameOf(head.origin)}${NEW}`, Buffer.from(file)));
    // From here on nobody knows which of the two is on the disk, until it is read again.
    await breaking(place(disk, 'log', nameOf(head.origin)));
    const isNew = !heads.has(head.origin);
    heads.set(head.origin, { key: logKey, head });
    if (isNew) await breaking(turns.take(LIST, () => replace(disk, '.', LIST, listOf(key, heads))));
  }

  async function breaking(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      broken = error;
      throw stateError(error);
    }
  }

  // What a crash left between a log's file and its line.
  await replace(disk, '.', LIST, listOf(key, heads));
  return {
    keys: () => [...heads.values()].map((one) => one.key),
    head: async (origin) => heads.get(origin)?.head ?? null,
    async advance(oldSize, head) {
      if (broken !== null) throw stateError(broken);
      if ((heads.get(head.origin)?.head.size ?? 0) !== oldSize) return false;
      await keep(head);
      return true;
    },
    // A cosignature is made again out of its head and time, to the same bytes.
    signed: async () => {},
    newestTime: async () => Math.max(0, ...[...heads.values()].map(({ head }) => head.time)),
    retired: async () => why,
    async retire(reason) {
      why = reason;
      await replace(disk, '.', RETIRED, `${reason}\n`);
    },
  };
}

async function readState(disk: StateDisk, key: NoteKey): Promise<Map<string, Head>> {
  const list = (await disk.read(LIST))?.toString('utf8');
  if (list === undefined) throw asRetired(key.name, `its state is gone: there is no list of logs`);
  const [title = '', ...lines] = list.split('\n');
  if (`${title}\n` !== titleOf(key) || lines.pop() !== '')
    throw asRetired(key.name, 'its state is damaged, or that of another witness');
  const heads = new Map<string, Head>();
  for (const name of await disk.names('log')) {
    if (name.endsWith(NEW)) continue;
    const found = parseHead((await disk.read(`log/${name}`))?.toString('utf8') ?? '');
    if (found === null || nameOf(found.head.origin) !== name)
      throw asRetired(key.name, `what it remembers of a log is damaged: log/${name}`);
    heads.set(found.head.origin, found);
  }
  const lost = lines.find((origin) => !heads.has(origin));
  if (lost !== undefined) throw asRetired(key.name, `what it remembers of ${lost} is gone`);
  return heads;
}

interface Head {
  readonly key: NoteKey;
  readonly head: CosignedHead;
}

function titleOf(key: NoteKey): string {
  return `sigill-witness@v1 ${formatNoteKey(key)}\n`;
}

function listOf(key: NoteKey, heads: ReadonlyMap<string, unknown>): string {
  return `${titleOf(key)}${[...heads.keys()].map((origin) => `${origin}\n`).join('')}`;
}

function nameOf(origin: string): string {
  return toHex(originHash(origin));
}

/** Whole or not at all. */
async function replace(disk: StateDisk, folder: string, name: string, text: string): Promise<void> {
  await disk.write(`${folder}/${name}${NEW}`, Buffer.from(text));
  await place(disk, folder, name);
}

async function place(disk: StateDisk, folder: string, name: string): Promise<void> {
  await disk.rename(`${folder}/${name}${NEW}`, `${folder}/${name}`);
  await disk.syncFolder(folder);
}

async function asState<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw stateError(error);
  }
}

function stateError(cause: unknown): CloudError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new CloudError(
    'WITNESS_STATE',
    `the state could not be written (${code ?? message}); nothing was cosigned`,
    { cause, retryable: true },
  );
}
