import { expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { createFixtureHolder } from '../register-fixture.ts';
import type { CloudHeads } from '../uplink/cloud-heads.ts';
import { findLogEnd } from './log-end.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const log = newSigner();
const register = createFixtureHolder({
  ...{ origin: ORIGIN, log, agents: [{ key: newSigner().publicKey }] },
});
const here = (origin: string) => () => ({ origin, logSize: 7, logRoot: '07'.repeat(32) });
const parts = { register, logKey: () => log, status: here(ORIGIN) };
const { signal } = new AbortController();

test('a log ends where its cloud holds it, however far this disk goes', async () => {
  const root = new Uint8Array(32).fill(9);
  const heads = async (origin: string, from: number): Promise<CloudHeads> => {
    expect([origin, from]).toEqual([ORIGIN, 0]);
    return { size: 5, root, checkpoint: null, path: [], agents: [] };
  };
  expect(await findLogEnd({ ...parts, cloud: { heads } }, signal)).toEqual({ size: 5, root });
});

test('without a cloud it ends where this disk holds it', async () => {
  const root = new Uint8Array(32).fill(7);
  expect(await findLogEnd({ ...parts, cloud: null }, signal)).toEqual({ size: 7, root });
});

test('is not said of a log that does not run yet', async () => {
  const starting = { ...parts, cloud: null, status: here(`${ORIGIN}/2`) };
  expect(await findLogEnd(starting, signal)).toBe(null);
});
