import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cosignedAt } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAlarms } from '../database/quarantine.ts';
import { type CoreFixture, openCoreFixture, WITNESS_NAME } from '../testing/core-fixture.ts';
import { START } from '../testing/site-fixture.ts';
import { readKeyFile } from './key-file.ts';
import type { Witness } from './witness.ts';

describe('the witness', () => {
  let fixture: CoreFixture;
  beforeEach(async () => {
    fixture = await openCoreFixture();
    grow(3);
  });
  afterEach(() => fixture.dispose());

  const witness = () => fixture.core.witness as Witness;
  const grow = (count: number) => {
    for (let i = 0; i < count; i++) fixture.site.enter(fixture.site.agent.seal([{}]));
  };
  const add = (oldSize: number, note = fixture.site.checkpoint()) =>
    witness().addCheckpoint(fixture.site.addCheckpoint(oldSize, note));
  const key = () => ({
    name: WITNESS_NAME,
    type: 4 as const,
    publicKey: fixture.witness.publicKey,
  });

  it('cosigns the first checkpoint, and then those that only grew', async () => {
    const first = await add(0);
    expect(first).toMatchObject({ status: 200 });
    grow(5);
    const note = fixture.site.checkpoint();
    const second = await add(3, note);
    const line = second.status === 200 ? second.cosignature : '';
    const seconds = cosignedAt(note + line, key());
    expect(seconds).toBeGreaterThanOrEqual(START / 1000);
    expect(await witness().newest(fixture.site.origin)).toBe(note + line);
  });

  it('cosigns the same again', async () => {
    await add(0);
    expect(await add(3)).toMatchObject({ status: 200 });
  });

  it('answers 409 with where it stands, also after a restart', async () => {
    await add(0);
    grow(1);
    expect(await add(0)).toEqual({ status: 409, size: 3 });
    await fixture.restart();
    expect(await add(0)).toEqual({ status: 409, size: 3 });
    expect(await add(3)).toMatchObject({ status: 200 });
  });

  it('cosigns one of two requests that come at the same time with different histories', async () => {
    await add(0);
    const { seals } = fixture.site;
    grow(1);
    const one = fixture.site.addCheckpoint(3, fixture.site.checkpoint());
    seals[3] = new Uint8Array([1]);
    const two = fixture.site.addCheckpoint(3, fixture.site.checkpoint());
    const answers = await Promise.all([witness().addCheckpoint(one), witness().addCheckpoint(two)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('refuses a rewritten log, and raises an alarm that keeps the note', async () => {
    await add(0);
    grow(2);
    fixture.site.seals[1] = new Uint8Array([1]);
    const note = fixture.site.checkpoint();
    expect(await add(3, note)).toMatchObject({ status: 422 });
    const [alarm] = await fixture.core.database.read(listAlarms);
    expect(alarm).toMatchObject({ code: 'WITNESS_FORK', detail: expect.stringContaining(note) });
    expect(await witness().newest(fixture.site.origin)).not.toContain(note);
  });

  it('refuses an unknown log, a foreign signature, and what is no request', async () => {
    const note = fixture.site.checkpoint();
    const other = note.replaceAll('house-17', 'house-18');
    expect(await add(0, other)).toMatchObject({ status: 404 });
    expect(await add(0, note.replace(/\n3\n/, '\n2\n'))).toMatchObject({ status: 403 });
    await expect(witness().addCheckpoint('hello')).rejects.toMatchObject({ code: 'NOTE_SYNTAX' });
    expect(await witness().newest('sigill.example/nowhere')).toBeNull();
  });
});

describe('a key file', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sigill-key-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const ed25519 = generateKeyPairSync('ed25519').privateKey;

  it('is read as PEM and as DER', async () => {
    const pem = join(directory, 'pem');
    const der = join(directory, 'der');
    await writeFile(pem, ed25519.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    await writeFile(der, ed25519.export({ type: 'pkcs8', format: 'der' }), { mode: 0o600 });
    expect((await readKeyFile(pem)).publicKey).toEqual((await readKeyFile(der)).publicKey);
  });

  it.each([0o640, 0o604, 0o644])(
    'of mode %o is refused with the command that mends it',
    async (mode) => {
      const path = join(directory, 'key');
      await writeFile(path, ed25519.export({ type: 'pkcs8', format: 'pem' }));
      await chmod(path, mode);
      await expect(readKeyFile(path)).rejects.toMatchObject({
        code: 'KEY_FILE_EXPOSED',
        message: expect.stringContaining(`chmod 600 ${path}`),
      });
    },
  );

  it('that is missing, empty or for another algorithm is refused by name', async () => {
    const path = join(directory, 'key');
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'FILE_MISSING' });
    await writeFile(path, '', { mode: 0o600 });
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'KEY_FILE_INVALID' });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'KEY_FILE_INVALID' });
  });
});
