import { encodeHeader, NO_PREVIOUS, openSeal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { BOOT, keyOf } from './agent-fixture.ts';
import type { ClosedBatch } from './batcher.ts';
import { createSealer } from './sealer.ts';

const signer = keyOf(1);

describe('a sealer', () => {
  it('seals a batch with its header, and the same again', () => {
    const sealer = createSealer(signer);
    const sealed = sealer.seal(batch(1000));

    expect(openSeal(sealed.seal, signer.publicKey).header).toEqual(batch(1000).header);
    expect(sealer.seal(batch(1000))).toEqual(sealed);
  });

  it('refuses a second header for a batch number', () => {
    const sealer = createSealer(signer);
    sealer.seal(batch(1000));

    expect(() => sealer.seal(batch(1001))).toThrow(
      expect.objectContaining({ code: 'SECOND_HEADER' }),
    );
  });

  it('seals nothing of what is forgotten', () => {
    const sealer = createSealer(signer);
    sealer.seal(batch(1000));
    sealer.forget(1);

    expect(() => sealer.seal(batch(1000))).toThrow(
      expect.objectContaining({ code: 'SECOND_HEADER' }),
    );
  });
});

function batch(closedAt: number): ClosedBatch {
  const header = {
    agent: new Uint8Array(16),
    log: new Uint8Array(32),
    batch: 0,
    previous: NO_PREVIOUS,
    boot: BOOT,
    firstSeq: 0,
    count: 1,
    root: new Uint8Array(32),
    closedAt,
    beacon: null,
  };
  return {
    header,
    headerBytes: encodeHeader(header),
    readings: [new Uint8Array(40)],
    frames: [null],
    streams: null,
  };
}
