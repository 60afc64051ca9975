/**
 * What a gateway does between two generations of its log, besides bringing along what the closed one holds no more: it
 * takes over what that leaves, and ends it with a last checkpoint.
 * @module
 */
import { equalBytes, generationOf, type Signer, utf8 } from '@sigill/evidence';
import { backOffMs } from '@sigill/firmware-bridge';
import { createDisk } from '../disk/disk.ts';
import type { FileSystem } from '../disk/file-system.ts';
import type { Tell } from '../events.ts';
import type { Notary } from '../notary/notary.ts';
import type { ReadSlot, RegisterHolder } from '../register.ts';
import type { Site } from '../site.ts';
import type { Timers } from '../timers.ts';
import { createCloudClient } from '../uplink/cloud-client.ts';
import type { HttpClient } from '../uplink/http-client.ts';
import { generationFolder } from './folders.ts';
import { bringLastCheckpoint } from './last-checkpoint.ts';
import { type RunningGeneration, witnessed } from './open-generation.ts';
import { createTakeOver } from './take-over.ts';

export interface GenerationWayParts {
  readonly config: { readonly data: string };
  readonly generation: RunningGeneration;
  readonly site: Site;
  readonly register: RegisterHolder;
  readonly logKey: Signer;
  /** Of all logs whose keys are on this box. */
  readonly logKeys: readonly Signer[];
  readonly notary: Notary | null;
  readonly http: HttpClient | null;
  readonly fileSystem: FileSystem;
  readonly timers: Timers;
  readonly random: () => number;
  readonly tell: Tell;
  readonly startAnew: () => void;
}

export interface GenerationWay {
  /** Until the signal is aborted. Never rejects. */
  run(): Promise<void>;
}

const BACK_OFF = { firstMs: 5_000, maxMs: 600_000 };

export function createGenerationWay(parts: GenerationWayParts, signal: AbortSignal): GenerationWay {
  const { config, site, register, http, timers, tell, random } = parts;
  const disk = createDisk(config.data, parts.fileSystem);
  const client = http && createCloudClient(http, timers);
  const closed = register
    .current()
    .earlier.map((slot) => ({ slot, generation: generationOf(slot.record) }));
  const takeOver = createTakeOver({
    ...{ ...parts, ...site, disk, client, before: parts.generation.inherited },
    known: () => parts.notary?.called() ?? witnessed(site.log),
  });

  /** Best effort: the closed log counts without it, only its last entries cannot be shown under a checkpoint. */
  async function endLogs(): Promise<void> {
    for (const { generation, slot } of closed) await endLog(generation, slot);
  }

  async function endLog(generation: number, { record }: ReadSlot): Promise<void> {
    const mark = `${generationFolder(generation + 1)}/last-checkpoint`;
    const key = parts.logKeys.find(({ publicKey }) => equalBytes(publicKey, record.logKey));
    const { origin, closed: end } = record;
    if (client === null || key === undefined || end === null || end.size === 0) return;
    for (let attempt = 0; !signal.aborted && disk.read(mark) === null; attempt += 1) {
      try {
        const cosigned = disk.read(`${generationFolder(generation)}/site-log/cosigned`);
        const note = await bringLastCheckpoint(
          {
            ...{ client, origin, closed: end, logKey: key },
            cosigned: cosigned && new TextDecoder().decode(cosigned),
          },
          signal,
        );
        await disk.replace(mark, utf8(note ?? 'none\n'));
        tellEnd(origin, end.size, note !== null);
      } catch {
        await timers.wait(backOffMs(attempt, BACK_OFF, random), signal); // the uplink tells of the cloud
      }
    }
  }

  function tellEnd(origin: string, size: number, isSigned: boolean): void {
    const text = isSigned
      ? `${origin} ends with a checkpoint over all its ${size} entries, which the cloud has`
      : `${origin} has no checkpoint over its last entries: it would contradict what its key signed before, so they can be shown only up to the last one that the cloud has`;
    tell({ level: isSigned ? 'info' : 'warning', what: 'last-checkpoint', text });
  }

  return {
    async run() {
      await Promise.all([takeOver.run(signal), endLogs()]);
    },
  };
}
