/**
 * The fleet's register on disk. Records come from the cloud, and from files that the operator names: so a cloud that keeps
 * a revocation to itself can be gone around.
 *
 *     register/<number>    [* record: bstr], as they were taken
 *
 * @module
 */
import { CborReader, EvidenceError, encodeCbor, toHex } from '@sigill/evidence';
import type { Disk } from '../disk/disk.ts';
import { GatewayError } from '../errors.ts';
import { readIfSlot } from '../records.ts';
import { createFleetRegister, type FleetRegister } from './fleet-register.ts';

export interface KeptRegister {
  readonly fleet: Omit<FleetRegister, 'admit'>;
  /** Durable on return. What does not follow is told, and the others are taken. */
  admit(records: readonly Uint8Array[], refused: OnRefused): Promise<void>;
  /** Takes in what the operator's files hold now. */
  takeUp(refused: OnRefused): Promise<void>;
  /** Of the records called with these hashes, those that stand in the operator's files: the cloud may not have them. */
  brought(hashes: readonly Uint8Array[]): readonly Uint8Array[];
}

type OnRefused = (error: EvidenceError) => void;

const FOLDER = 'register';
const NAME = /^\d+$/;

/**
 * @param disk a directory of its own
 * @param given records in the operator's files, as they are then
 * @throws GatewayError NOTARY_STATE_DAMAGED, EvidenceError
 */
export async function openKeptRegister(
  disk: Disk,
  firstKeyHash: Uint8Array,
  given: () => readonly Uint8Array[],
): Promise<KeptRegister> {
  const fleet = createFleetRegister(firstKeyHash);
  const files = disk
    .list(FOLDER)
    .filter((name) => NAME.test(name))
    .map(Number)
    .sort((one, other) => one - other);
  for (const file of files) for (const cose of readRecords(disk, file)) fleet.admit(cose);
  let next = (files.at(-1) ?? -1) + 1;

  async function admit(records: readonly Uint8Array[], refused: OnRefused): Promise<void> {
    const news = records.filter((cose) => {
      try {
        return fleet.admit(cose);
      } catch (error) {
        if (!(error instanceof EvidenceError)) throw error;
        refused(error);
        return false;
      }
    });
    if (news.length === 0) return;
    await disk.replace(`${FOLDER}/${next}`, encodeCbor(news));
    next += 1;
  }

  return {
    fleet,
    admit,
    takeUp: (refused) => admit(given(), refused),
    brought(hashes) {
      if (hashes.length === 0) return [];
      const wanted = new Set(hashes.map(toHex));
      return given().filter((cose) => {
        const slot = readIfSlot(cose);
        return slot === null || wanted.has(toHex(slot.hash));
      });
    },
  };
}

function readRecords(disk: Disk, file: number): Uint8Array[] {
  try {
    const reader = new CborReader(disk.read(`${FOLDER}/${file}`)!);
    const records = reader.list(() => reader.bytes());
    reader.end();
    return records;
  } catch (cause) {
    throw new GatewayError(
      'NOTARY_STATE_DAMAGED',
      `records ${file} do not read (${(cause as Error).message}); restore the data directory whole`,
      { cause },
    );
  }
}
