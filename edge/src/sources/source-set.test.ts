import { utf8 } from '@sigill/evidence';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkedReadings,
  fieldsOf,
  ofKind,
  sealedBatches,
  startAgent,
  type World,
} from '../agent-fixture.ts';
import { EdgeError } from '../errors.ts';
import { settle } from '../timers-fake.ts';
import type { SourceConfig } from './config.ts';
import {
  createFakeTransport,
  type FakeTransport,
  linesDriver,
  OPEN,
  SOURCE,
} from './source-fixture.ts';
import { createSourceSet, type SourceAgent } from './source-set.ts';

const serial = (name: string, change: Partial<SourceConfig> = {}): SourceConfig => ({
  ...SOURCE,
  name,
  transport: { ...SOURCE.transport, path: `/dev/${name}` } as SourceConfig['transport'],
  ...change,
});
const broker = (name: string, ...topics: string[]): SourceConfig =>
  serial(name, { transport: { kind: 'broker', topics }, commitWindowMs: 10 });

async function createWorld(sources: readonly SourceConfig[], fake?: Partial<SourceAgent>) {
  const lines: string[] = [];
  /** Of each port the transport opened last. */
  const opened = new Map<string, FakeTransport>();
  let opens = 0;
  const say = (_details: object, text: string) => void lines.push(text);
  let world: World | null = null;
  const set = createSourceSet({
    sources,
    openTransport(transport) {
      if (transport.kind !== 'serial') throw new Error('a port');
      const before = opened.get(transport.path);
      if (before !== undefined) expect(before.isStopped).toBe(true);
      const fakeTransport = createFakeTransport();
      opened.set(transport.path, fakeTransport);
      opens++;
      return fakeTransport;
    },
    findDriver(id) {
      if (id === 'lines') return linesDriver;
      throw new Error(`no driver ${id}`);
    },
    clock: {
      nowMs: () => world!.parts.clock.nowMs(),
      uptimeMs: () => world!.parts.clock.uptimeMs(),
    },
    timers: { after: (ms, run) => world!.timers.after(ms, run) },
    log: { info: say, warn: say, error: say },
    findUsers: async () => [],
  });
  world = await startAgent({ sources: set.plans });
  set.start({ ...world.agent, ...fake });
  const open = (name: string) => opened.get(`/dev/${name}`)!.state(OPEN);
  return { ...world, set, opened, open, lines, opens: () => opens };
}

describe('a set of sources', () => {
  it('starts them all, and tells how they are in the order of the configuration', async () => {
    const { set, open } = await createWorld([serial('b'), serial('a'), broker('c', 'x/#')]);
    open('a');
    expect(set.health().map(({ source, state, place }) => [source, state, place])).toEqual([
      ['b', 'connecting', '/dev/b'],
      ['a', 'starting', '/dev/a'],
      ['c', 'starting', 'the own broker (x/#)'],
    ]);
  });

  it('tells a change of state in time, once', async () => {
    const { open, lines, timers } = await createWorld([serial('a')]);
    open('a');
    await timers.advance(59_000);
    expect(lines).toEqual([]);
    await timers.advance(2000);
    expect(lines).toEqual([
      expect.stringContaining('a: /dev/a is open, but nothing came for 60 s'),
    ]);
    await timers.advance(600_000);
    expect(lines).toHaveLength(1);
  });

  it('lets a source that is as it was go on, whatever happens around it', async () => {
    const { set, opened, open, opens } = await createWorld([serial('a'), serial('b')]);
    open('a');
    const kept = opened.get('/dev/a');
    await set.apply([serial('c'), { ...serial('a') }]);
    expect(opened.get('/dev/a')).toBe(kept);
    expect(opened.get('/dev/b')?.isStopped).toBe(true);
    expect(opens()).toBe(3);
    expect(set.health().map(({ source }) => source)).toEqual(['c', 'a']);
  });

  it('lets a port go before another source opens it', async () => {
    const { set, opened } = await createWorld([serial('a')]);
    const path = { transport: serial('a').transport };
    await set.apply([serial('b', path)]);
    expect(set.health().map(({ source }) => source)).toEqual(['b']);
    expect(opened.get('/dev/a')?.isStopped).toBe(false);
  });

  it('changes nothing when one of them cannot be', async () => {
    const { set, opened } = await createWorld([serial('a')]);
    expect(() => set.apply([serial('b'), serial('c', { driver: 'unknown' })])).toThrow('unknown');
    await settle();
    expect(set.health().map(({ source }) => source)).toEqual(['a']);
    expect(opened.get('/dev/a')?.isStopped).toBe(false);
  });

  it('stops them all', async () => {
    const { set, opened, lines, timers } = await createWorld([serial('a'), broker('b', 'x')]);
    await set.stop();
    await set.apply([serial('c')]);
    await timers.advance(120_000);
    expect([...opened.values()].map(({ isStopped }) => isStopped)).toEqual([true]);
    expect(lines).toEqual([]);
  });
});

describe('a message of the own broker', () => {
  it('goes to each source that wants its topic, and is durable when it is answered', async () => {
    const { set, agent, timers } = await createWorld([
      ...[broker('a', 'm/+'), broker('b', 'm/1', 'n')],
      serial('c'),
    ]);
    const answer = set.deliver('m/1', utf8('meter-1 5\n'));
    await timers.advance(10);
    expect(await answer).toEqual({ taken: true, readings: 2, rejected: [] });
    const other = set.deliver('m/2', utf8('meter-1 6\n!bad\n'));
    await timers.advance(10);
    expect(await other).toMatchObject({ readings: 1, rejected: [{ code: 'CHECKSUM_MISMATCH' }] });
    await timers.advance(20_000);
    const readings = ofKind(checkedReadings(await sealedBatches(agent)), 'meter');
    expect(
      readings.map(({ source, fields }) => [source, fieldsOf({ fields })['other.value']]),
    ).toEqual([
      ['a', 5],
      ['b', 5],
      ['a', 6],
    ]);
  });

  it('that no source wants is not taken', async () => {
    const { set } = await createWorld([broker('a', 'm/+'), serial('c')]);
    expect(await set.deliver('n', utf8('meter-1 5\n'))).toEqual({
      ...{ taken: false, readings: 0, rejected: [] },
    });
  });

  it('must be sent again while the agent cannot take it', async () => {
    const { set } = await createWorld([broker('a', 'm/+')], {
      observe: async () => {
        throw new EdgeError('JOURNAL_FULL', 'no room', { retryable: true });
      },
    });
    await expect(set.deliver('m/1', utf8('meter-1 5\n'))).rejects.toMatchObject({
      code: 'JOURNAL_FULL',
    });
  });
});

const NAMES = ['a', 'b', 'c', 'd'];
const configured = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...NAMES),
    cadenceMs: fc.constantFrom(1000, 2000),
    commitWindowMs: fc.constantFrom(10, 200),
  }),
  { selector: ({ name }) => name },
);

describe('any sequence of changes', () => {
  it('leaves exactly the configured sources running, each plan told once, no reading of a kept one lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        configured,
        fc.array(configured, { maxLength: 6 }),
        async (first, changes) => {
          const toSources = (given: typeof first) =>
            given.map(({ name, ...change }) => serial(name, change));
          const world = await createWorld(toSources(first));
          const { set, opened, agent, timers } = world;
          const said: string[] = [];
          let value = 0;
          const speak = (names: readonly string[]) => {
            for (const name of names) {
              opened.get(`/dev/${name}`)!.state(OPEN);
              opened.get(`/dev/${name}`)!.say(`${name} ${++value}\n`);
              said.push(`${name} ${value}`);
            }
          };
          /** As the agent's stream must tell them. */
          const plans = new Map<string, number>();
          const told: string[] = [];
          const plan = (given: typeof first) => {
            for (const { name, cadenceMs } of given)
              if (plans.get(name) !== cadenceMs) told.push(`${name} active ${cadenceMs}`);
            for (const [name, cadenceMs] of plans)
              if (!given.some((source) => source.name === name))
                told.push(`${name} retired ${cadenceMs}`);
            plans.clear();
            for (const { name, cadenceMs } of given) plans.set(name, cadenceMs);
          };
          plan(first);
          speak(first.map(({ name }) => name));
          let now = first;
          for (const next of changes) {
            const kept = now.filter((source) =>
              next.some((other) => JSON.stringify(other) === JSON.stringify(source)),
            );
            const changing = set.apply(toSources(next));
            speak(kept.map(({ name }) => name));
            await changing;
            plan(next);
            speak(next.map(({ name }) => name));
            now = next;
          }
          const running = [...opened].filter(([, transport]) => !transport.isStopped);
          expect(running.map(([path]) => path).sort()).toEqual(
            now.map(({ name }) => `/dev/${name}`).sort(),
          );
          expect(set.health().map(({ source }) => source)).toEqual(now.map(({ name }) => name));

          await timers.advance(20_000);
          const readings = checkedReadings(await sealedBatches(agent));
          const taken = ofKind(readings, 'meter').map(
            ({ device, fields }) => `${device} ${fieldsOf({ fields })['other.value']}`,
          );
          expect(taken).toEqual(said);
          const tellings = ofKind(readings, 'plan')
            .map(fieldsOf)
            .filter((fields) => fields['plan.source'] !== '~agent')
            .map((f) => `${f['plan.source']} ${f['plan.state']} ${f['plan.cadence']}`);
          expect(tellings.sort()).toEqual(told.sort());
          await set.stop();
        },
      ),
      { numRuns: 60 },
    );
  });
});
