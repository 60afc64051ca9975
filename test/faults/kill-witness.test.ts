/**
 * A witness that is killed at any moment, while two histories of one log are brought to it as fast as it takes them. What
 * it ever cosigned must be one history, in the order of its times.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  consistencyPath,
  cosignedAt,
  createSigner,
  formatAddCheckpoint,
  formatNoteKey,
  hashesOf,
  leafHash,
  logKey,
  originHash,
  parseNoteKey,
  rootAt,
  signCheckpoint,
  toHex,
  utf8,
} from '@sigill/evidence';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../testing/random.ts';
import { type RunningSigill, runSigill, startSigill } from '../testing/sigill-process.ts';
import { eventually } from '../testing/waiting.ts';

const ORIGIN = 'example.org/house-17';
const ROUNDS = 12;
const COMMON = 3;
const LENGTH = 1200;
const SEED = Number(process.env.SIGILL_SEED ?? Date.now() % 2 ** 32);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sigill-kill-witness-'));
});
afterAll(() => rm(directory, { recursive: true }));

it(`never cosigns two histories, and no time before its last (seed ${SEED})`, async () => {
  const random = createRandom(SEED);
  const signer = makeKey();
  const histories = ['here', 'there'].map((box) => {
    const leaves = Array.from({ length: LENGTH }, (_, at) =>
      leafHash(utf8(at < COMMON ? String(at) : `${box} ${at}`)),
    );
    return hashesOf(leaves);
  });
  const folder = join(directory, 'w1');
  const init = ['witness', 'init', folder, '--name', 'witness.example/w1', '--json'];
  const log = formatNoteKey(logKey(ORIGIN, signer.publicKey));
  const made = await runSigill([...init, '--listen', '127.0.0.1:0', '--log', log]);
  const key = parseNoteKey(JSON.parse(made.stdout).key);
  const cosigned: { size: number; history: number; time: number }[] = [];
  let kills = 0;

  /** Brings one history, growing, until the witness is gone; a head at which it stands elsewhere is brought from there. */
  async function bring(url: string, history: number, from: number): Promise<void> {
    const hashes = histories[history] as (typeof histories)[number];
    let [oldSize, size] = [from, Math.max(from, COMMON)];
    for (;;) {
      size = Math.min(size + 1, LENGTH);
      const root = rootAt(size, hashes);
      const note = signCheckpoint({ origin: ORIGIN, size, root }, signer);
      const path = oldSize <= size ? consistencyPath(oldSize, size, hashes) : [];
      const body = formatAddCheckpoint({ oldSize, path, note });
      const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body }).catch(
        () => null,
      );
      const text = await answer?.text().catch(() => null);
      if (answer === null || text === null || text === undefined) return;
      if (answer.status === 200) {
        cosigned.push({ size, history, time: cosignedAt(note + text, key) ?? -1 });
        oldSize = size;
      } else if (answer.status === 409) {
        oldSize = Number(text);
        size = Math.max(size - 1, oldSize);
      } else if (answer.status !== 422) {
        // It asks for patience; the next kill comes soon.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  let witness: RunningSigill | null = null;
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      witness = startSigill(['witness', 'run', join(folder, 'witness.yaml')]);
      const running = witness;
      const url = await eventually('it answers', async () => {
        if (running.child.exitCode !== null) throw new Error(running.said());
        return /http:\/\/127\.0\.0\.1:\d+(?=\n)/.exec(running.said())?.[0];
      });
      const held = await heldBy(url);
      const before = Math.max(0, ...cosigned.map(({ size }) => size));
      expect(held, 'nothing that was told is forgotten').toBeGreaterThanOrEqual(before);
      const bringing = [0, 1, 0, 1].map((history) => bring(url, history, held));
      await new Promise((resolve) => setTimeout(resolve, 5 + random() * 150));
      running.child.kill('SIGKILL');
      kills += 1;
      await Promise.all([running.ended, ...bringing]);
    }
  } finally {
    witness?.child.kill('SIGKILL');
    await witness?.ended;
  }
  expect(kills).toBe(ROUNDS);
  const beyond = cosigned.filter(({ size }) => size > COMMON);
  expect(beyond.length).toBeGreaterThan(ROUNDS);
  expect(new Set(beyond.map(({ history }) => history)).size).toBe(1);
  const times = [...cosigned].sort((a, b) => a.size - b.size).map(({ time }) => time);
  expect(times).toEqual([...times].sort((a, b) => a - b));
}, 180_000);

async function heldBy(url: string): Promise<number> {
  const answer = await fetch(`${url}/${toHex(originHash(ORIGIN))}/checkpoint`);
  return answer.status === 404 ? 0 : Number((await answer.text()).split('\n')[1]);
}

function makeKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createSigner(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
}
