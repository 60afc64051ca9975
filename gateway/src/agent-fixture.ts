/**
 * An agent that seals without a journal: what a test needs to have batches.
 * @module
 */
import { generateKeyPairSync } from 'node:crypto';
import {
  agentId,
  type BatchHeader,
  createSigner,
  encodeBatch,
  encodeHeader,
  encodeReading,
  headerHash,
  leafHash,
  NO_PREVIOUS,
  originHash,
  parseDecimal,
  type Signer,
  sha256,
  signSeal,
  treeRoot,
} from '@sigill/evidence';

export interface FixtureBatch {
  readonly number: number;
  readonly seal: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface FixtureAgent {
  readonly id: Uint8Array;
  readonly signer: Signer;
  /** The next batch of its chain. */
  seal(change?: Partial<BatchHeader>, frame?: Uint8Array): FixtureBatch;
  /** Another agent with the same key and history so far: a cloned card. */
  clone(): FixtureAgent;
}

export function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
}

export function createFixtureAgent(
  origin: string,
  signer: Signer = newSigner(),
  from = { batch: 0, seq: 0, previous: NO_PREVIOUS },
): FixtureAgent {
  const id = agentId(signer.publicKey);
  const state = { ...from };

  return {
    id,
    signer,
    seal(change = {}, frame) {
      const number = state.batch;
      const reading = encodeReading({
        agent: id,
        seq: state.seq,
        source: 'house-17',
        device: 'meter',
        n: state.seq,
        kind: 'meter',
        time: 1_760_000_000_000 + state.seq,
        clock: { quality: 0, maxErrorMs: null, deviceTime: null, uptimeMs: state.seq },
        origin: { driver: 'dsmr-p1', frameHash: frame === undefined ? null : sha256(frame) },
        fields: [
          { name: 'energy', value: parseDecimal(`${state.seq}.5`), unit: 'kWh', code: null },
        ],
        salt: new Uint8Array(16).fill(state.seq % 251),
      });
      const header = encodeHeader({
        agent: id,
        log: originHash(origin),
        batch: number,
        previous: state.previous,
        boot: new Uint8Array(16),
        firstSeq: state.seq,
        count: 1,
        root: treeRoot([leafHash(reading)]),
        closedAt: 1_760_000_000_000 + state.seq,
        beacon: null,
        ...change,
      });
      const seal = signSeal(header, signer);
      state.batch += 1;
      state.seq += 1;
      state.previous = headerHash(header);
      return {
        number,
        seal,
        bytes: encodeBatch({ seal, readings: [reading], frames: [frame ?? null] }),
      };
    },
    clone: () => createFixtureAgent(origin, signer, { ...state }),
  };
}
