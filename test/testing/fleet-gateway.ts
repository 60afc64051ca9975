/**
 * A gateway without a box, of which a thousand fit in one process: real keys, a record, sealed batches, a site log with
 * signed checkpoints, and the requests that a gateway makes of its cloud.
 * @module
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  agentId,
  type Beacon,
  consistencyPath,
  createSigner,
  encodeBatch,
  encodeCbor,
  encodeHeader,
  encodeReading,
  formatAddCheckpoint,
  type HashReader,
  hashesOf,
  headerHash,
  leafHash,
  NO_PREVIOUS,
  openSlot,
  originHash,
  parseDecimal,
  type Signer,
  type SlotRecord,
  signCheckpoint,
  signSeal,
  treeRoot,
} from '@sigill/evidence';

export interface FleetGateway {
  readonly slot: number;
  readonly origin: string;
  readonly agent: string;
  readonly record: SlotRecord;
  /** How many readings it sealed. */
  readings(): number;
  /** Seals some readings, stamped now, into its next batch; enters it in its log and brings both to the cloud. */
  grow(readings: number, beacon: Beacon | null, send: Send): Promise<void>;
  size(): number;
  root(size: number): Uint8Array;
}

/** Gives the answer's text. @throws when the answer is no 200 */
export type Send = (path: string, type: string, body: Uint8Array | string) => Promise<string>;

const CBOR = 'application/cbor';
const TEXT = 'text/plain';
const UNCHANGED = new Uint8Array(16);

export function createFleetGateway(slot: number, signer = newSigner): FleetGateway {
  const origin = `fleet.example/site-${slot}`;
  const log = signer();
  const key = signer();
  const agent = agentId(key.publicKey);
  const id = originHash(origin);
  const leaves: Uint8Array[] = [];
  let [batch, seq, previous] = [0, 0, NO_PREVIOUS];
  let witnessed = 0;
  const reader = (): HashReader => hashesOf(leaves);

  function reading(): Uint8Array {
    const now = Date.now();
    const at = seq++;
    return encodeReading({
      ...{ agent, seq: at, source: 'meter', device: 'm', n: at, kind: 'meter', time: now },
      clock: { quality: 2, maxErrorMs: 500, deviceTime: null, uptimeMs: at * 1000 },
      origin: { driver: 'dsmr-p1', frameHash: null },
      fields: [
        { name: 'energy.import', value: parseDecimal(`${at}.50`), unit: 'kWh', code: '1-0:1.8.0' },
      ],
      salt: randomBytes(16),
    });
  }

  function seal(count: number, beacon: Beacon | null): Uint8Array {
    const firstSeq = seq;
    const readings = Array.from({ length: count }, reading);
    const header = encodeHeader({
      ...{ agent, log: id, batch, previous, boot: UNCHANGED, firstSeq, count, beacon },
      root: treeRoot(readings.map(leafHash)),
      closedAt: Date.now(),
    });
    const signed = signSeal(header, key);
    batch += 1;
    previous = headerHash(header);
    leaves.push(leafHash(signed));
    return encodeBatch({ seal: signed, readings, frames: readings.map(() => null) });
  }

  return {
    ...{ slot, origin, agent: Buffer.from(agent).toString('hex') },
    record: openSlot({ slot, origin, logKey: log.publicKey, agentKey: key.publicKey }),
    readings: () => seq,
    size: () => leaves.length,
    root: (size) => treeRoot(leaves.slice(0, size)),
    async grow(readings, beacon, send) {
      const first = leaves.length;
      const bytes = seal(readings, beacon);
      await send('/ingest/v1/batches', CBOR, encodeCbor([origin, first, [bytes]]));
      const size = leaves.length;
      const note = signCheckpoint({ origin, size, root: treeRoot(leaves) }, log);
      await send('/ingest/v1/receipt', TEXT, note);
      const path = witnessed === 0 ? [] : consistencyPath(witnessed, size, reader());
      await send(
        '/witness/add-checkpoint',
        TEXT,
        formatAddCheckpoint({ oldSize: witnessed, path, note }),
      );
      witnessed = size;
    },
  };
}

export function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
}
