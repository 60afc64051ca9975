import {
  formatNoteKey,
  judgeQuorum,
  openCheckpoint,
  parseNote,
  parseWitnessQuorum,
  utf8,
} from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk } from '../disk/disk.ts';
import type { GatewayEvent } from '../events.ts';
import { openSiteLog, type SiteLog } from '../site-log/site-log.ts';
import { createFakeTimers, type FakeTimers } from '../timers-fake.ts';
import { createFakeWitness, type FakeWitness } from './witness-fake.ts';
import { createWitnessLane, type WitnessLane } from './witness-lane.ts';

const ORIGIN = 'sigill.example/demo/house-17';
const signer = newSigner();
const signal = new AbortController().signal;

let log: SiteLog;
let witnesses: FakeWitness[];
let timers: FakeTimers;
let events: GatewayEvent[];
let lane: WitnessLane;

beforeEach(async () => {
  const disk = createDisk('/', createCrashFileSystem());
  log = await openSiteLog({ disk, origin: ORIGIN, signer });
  witnesses = ['w1', 'w2', 'w3'].map((name) =>
    createFakeWitness(`${name}.example/w`, ORIGIN, signer.publicKey),
  );
  begin();
  await grow(3);
});

/** As a start of the gateway does. */
function begin(): void {
  timers = createFakeTimers();
  events = [];
  const tell = (event: GatewayEvent) => void events.push(event);
  lane = createWitnessLane({ log, witnesses, timers, random: () => 0.5, tell });
}

async function grow(count: number): Promise<void> {
  const { size } = log.head();
  const entries = Array.from({ length: count }, (_, at) => utf8(`entry ${size + at}`));
  await log.append(entries, size);
}

const ask = () => lane.ask(log.checkpoint(), signal);
const names = (lines: string) =>
  lines === ''
    ? []
    : parseNote(log.checkpoint() + lines)
        .signatures.slice(1)
        .map(({ name }) => name);
const told = () => events.map(({ level, what }) => `${level} ${what}`);
const broken = async () => {
  throw new Error('ECONNREFUSED');
};

describe('witnesses besides the operator’s', () => {
  test('all cosign, and are not asked again for the same', async () => {
    expect(lane.settled(3)).toBe(false);
    expect(names(await ask())).toEqual(['w1.example/w', 'w2.example/w', 'w3.example/w']);
    expect(lane.settled(3)).toBe(true);
    expect(await ask()).toBe('');
    await grow(2);
    expect(lane.settled(5)).toBe(false);
    expect(names(await ask())).toHaveLength(3);
    expect(witnesses.map(({ asked }) => asked)).toEqual([2, 2, 2]);
    expect(events).toEqual([]);
  });

  test('one that is away holds up nobody: two of three are the quorum', async () => {
    (witnesses[1] as FakeWitness).fault = broken;
    const note = log.checkpoint() + (await ask());
    const lines = witnesses.map(({ config }, at) => `witness w${at} ${formatNoteKey(config.key)}`);
    const policy = (k: string) =>
      parseWitnessQuorum([...lines, `group g ${k} w0 w1 w2`, 'quorum g']);
    expect(judgeQuorum(policy('2'), note)).toMatchObject({ met: true });
    expect(judgeQuorum(policy('all'), note)).toMatchObject({ met: false });
    expect(told()).toEqual(['warning WITNESS_AWAY']);
  });

  test('it is asked ever more rarely, and told once; back, it takes what it missed in one step', async () => {
    const away = witnesses[1] as FakeWitness;
    away.fault = broken;
    await ask();
    for (let seconds = 0; seconds < 3600; seconds += 10) {
      timers.advance(10_000);
      await grow(1);
      await ask();
    }
    expect(away.asked).toBeLessThan(40);
    expect(told()).toEqual(['warning WITNESS_AWAY']);
    away.fault = null;
    timers.advance(300_000);
    expect(names(await ask())).toContain('w2.example/w');
    expect(away.held.size).toBe(log.head().size);
    expect(told()).toEqual(['warning WITNESS_AWAY', 'info witness-back']);
  });

  test('one that never answers is given up after a while', async () => {
    (witnesses[0] as FakeWitness).fault = () => new Promise(() => {});
    const hanging = witnesses[0] as FakeWitness;
    hanging.http.request = (_, until) =>
      new Promise((_, reject) =>
        until.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    const asking = ask();
    timers.advance(10_000);
    expect(names(await asking)).toEqual(['w2.example/w', 'w3.example/w']);
    expect(events[0]?.text).toContain('no answer in 10000 ms');
  });

  test('after a restart they go on where the kept note or they themselves say they stand', async () => {
    await log.keepCosigned(log.checkpoint() + (await ask()));
    await grow(2);
    begin();
    expect(names(await ask())).toHaveLength(3);
    expect(witnesses.map(({ asked }) => asked)).toEqual([2, 2, 2]);
    await grow(2);
    begin();
    expect(names(await ask())).toHaveLength(3);
    expect(openCheckpoint(log.checkpoint(), ORIGIN, signer.publicKey).checkpoint.size).toBe(7);
  });
});

describe('a witness is not believed', () => {
  test.each<[string, string, (one: FakeWitness) => void]>([
    ['that cosigns with another key', 'warning WITNESS_AWAY', (one) => strange(one)],
    ['that answers something else', 'warning WITNESS_AWAY', (one) => answers(one, 200, 'hello\n')],
    [
      'that answers without end',
      'warning WITNESS_AWAY',
      (one) => answers(one, 200, ''.padEnd(9e4)),
    ],
    ['that does not know the log', 'warning WITNESS_AWAY', (one) => answers(one, 404, '')],
    ['that names no size', 'warning WITNESS_AWAY', (one) => answers(one, 409, '-1\n')],
    ['that refuses: a person must look', 'alarm WITNESS_REFUSED', (one) => answers(one, 422, '')],
    ['that saw more than there is', 'alarm WITNESS_AHEAD', (one) => answers(one, 409, '9\n')],
  ])('%s', async (_, expected, spoil) => {
    spoil(witnesses[0] as FakeWitness);
    expect(names(await ask())).toEqual(['w2.example/w', 'w3.example/w']);
    expect(told()).toEqual([expected]);
  });

  test('that forgot what it cosigned', async () => {
    await ask();
    await grow(2);
    const { held } = createFakeWitness('x', ORIGIN, signer.publicKey);
    (witnesses[0] as FakeWitness).held = held;
    expect(names(await ask())).toEqual(['w2.example/w', 'w3.example/w']);
    expect(told()).toEqual(['alarm WITNESS_FORGOT']);
  });

  test('with lines beside its own: those are dropped', async () => {
    const one = witnesses[0] as FakeWitness;
    const another = createFakeWitness('w4.example/w', ORIGIN, signer.publicKey);
    const { request } = one.http;
    one.http.request = async (asked, until) => {
      const own = await request(asked, until);
      const other = await another.http.request(asked, until);
      return { ...own, body: Buffer.concat([other.body, own.body, own.body]) };
    };
    expect(names(await ask())).toEqual(['w1.example/w', 'w2.example/w', 'w3.example/w']);
  });

  function answers(one: FakeWitness, status: number, body: string): void {
    one.fault = async () => ({ status, body: utf8(body) });
  }

  function strange(one: FakeWitness): void {
    const stranger = createFakeWitness(one.config.key.name, ORIGIN, signer.publicKey);
    one.http.request = stranger.http.request;
  }
});
