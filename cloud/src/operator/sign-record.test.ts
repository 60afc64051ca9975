import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSlot, openSlotRecord } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newSigner } from '../testing/site-fixture.ts';
import { assertOperatorKey, keyFingerprint, openOperatorPen } from './sign-record.ts';

let directory: string;
let keyFile: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sigill-pen-'));
  keyFile = join(directory, 'operator.pem');
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(keyFile, pem, { mode: 0o600 });
});
afterEach(() => rm(directory, { recursive: true }));

const box = () => ({ logKey: newSigner().publicKey, agentKey: newSigner().publicKey });
const first = openSlot({ slot: 3, origin: 'example.org/a', ...box() });

describe('the operator’s pen', () => {
  it('signs, and keeps what it signed beside the key', async () => {
    const pen = await openOperatorPen(keyFile);
    const cose = await pen.sign(first);
    expect(openSlotRecord(cose, pen.publicKey).record).toEqual(first);
    const kept = await readFile(join(directory, 'signed/slot-3-0.record'));
    expect(Uint8Array.from(kept)).toEqual(cose);
  });

  it('signs the same again, after a line that broke', async () => {
    const pen = await openOperatorPen(keyFile);
    expect(await pen.sign(first)).toEqual(await pen.sign(first));
  });

  it('never signs another record for the same slot and revision, whatever a cloud shows it', async () => {
    const pen = await openOperatorPen(keyFile);
    await pen.sign(first);
    await expect(pen.sign({ ...first, origin: 'example.org/b' })).rejects.toMatchObject({
      code: 'RECORD_SIGNED',
      message: expect.stringContaining('signed for example.org/a'),
    });
    const again = await openOperatorPen(keyFile);
    await expect(again.sign({ ...first, ...box() })).rejects.toMatchObject({
      code: 'RECORD_SIGNED',
    });
  });

  it('is refused where the records name another key', async () => {
    const pen = await openOperatorPen(keyFile);
    expect(() => assertOperatorKey(pen, [])).toThrow(keyFingerprint(pen.publicKey));
  });
});
