import { describe, expect, it } from 'vitest';
import { reading, stream, watermarks } from '../../testing/page-fixture.ts';
import type { Api } from '../api/client.ts';
import type { EventHandlers } from '../api/events.ts';
import type { Reading } from '../api/model.ts';
import { PageError } from '../errors.ts';
import { createLive } from './live.ts';
import { readingsOf } from './live-state.ts';

interface World {
  /** Newest first. */
  readings: Reading[];
  final: number;
  down: boolean;
}

function setUp(world: World, streams = [stream()], now = 1) {
  const asked: (number | undefined)[] = [];
  const delays: (() => void)[] = [];
  let handlers: EventHandlers | undefined;
  const answer = async <T>(value: T): Promise<T> => {
    if (world.down) throw new PageError('SERVER_UNREACHABLE', 'no answer');
    return value;
  };
  const api = {
    status: () =>
      answer({
        demonstration: true,
        version: '1',
        origins: [watermarks(9e5, 9e5, 9e5, 9e5, world.final)],
        ledger: null,
      }),
    streams: () => answer(world.readings.length === 0 ? [] : streams),
    readings: ({ stream: { source, device }, to, limit }) => {
      asked.push(to);
      const upTo = world.readings
        .filter((one) => one.device === device && one.source === source)
        .filter(({ time }) => to === undefined || time < to);
      return answer(upTo.slice(0, limit));
    },
  } as Partial<Api> as Api;
  const live = createLive({
    api,
    listen: (given) => {
      handlers = given;
      return () => {};
    },
    now: () => now,
    later: (run) => {
      delays.push(run);
      return () => {};
    },
  });
  return { live, asked, delays, events: handlers as EventHandlers };
}

const readings = (count: number) => Array.from({ length: count }, (_, i) => reading(count - 1 - i));
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('live', () => {
  it('loads back until a final reading is there, and no further', async () => {
    const { live, events } = setUp({ readings: readings(3000), final: 150, down: false });
    events.opened();
    await settled();
    expect(live.state().connection).toBe('live');
    const oldest = live.state().readings?.at(-1);
    expect(oldest?.entry).toBeLessThan(150);
    expect(live.state().readings?.length).toBeLessThan(1700);
  });

  it('loads one page when nothing is final, and no more than sixteen when final is far behind', async () => {
    const none = setUp({ readings: readings(4000), final: 0, down: false });
    none.events.opened();
    await settled();
    expect(none.asked).toHaveLength(1);
    const far = setUp({ readings: readings(4000), final: 1, down: false });
    far.events.opened();
    await settled();
    expect(far.asked).toHaveLength(16);
  });

  it('asks again after a reconnection, so that nothing between is missing', async () => {
    const world = { readings: readings(3), final: 0, down: false };
    const { live, events } = setUp(world);
    events.opened();
    await settled();
    events.lost();
    expect(live.state().connection).toBe('lost');
    world.readings = readings(5);
    events.opened();
    await settled();
    expect(live.state().readings?.map(({ seq }) => seq)).toEqual([4, 3, 2, 1, 0]);
    expect(live.state().connection).toBe('live');
  });

  it('says what is wrong and tries again later', async () => {
    const world = { readings: readings(3), final: 0, down: true };
    const { live, events, delays } = setUp(world);
    events.opened();
    await settled();
    expect(live.state().problem?.code).toBe('SERVER_UNREACHABLE');
    world.down = false;
    delays[0]?.();
    await settled();
    expect(live.state().problem).toBeNull();
    expect(live.state().readings).toHaveLength(3);
  });

  it('finds a stream that was not there at first', async () => {
    const world: World = { readings: [], final: 0, down: false };
    const { live, events } = setUp(world);
    events.opened();
    await settled();
    expect(live.state().streams).toEqual([]);
    world.readings = readings(1);
    events.reading(reading(0));
    await settled();
    expect(live.state().readings?.map(({ seq }) => seq)).toEqual([0]);
  });

  it('fetches what a burst left out: readings are numbered without a hole', async () => {
    const world: World = { readings: readings(2), final: 0, down: false };
    const { live, events } = setUp(world);
    events.opened();
    await settled();
    world.readings = readings(9);
    events.reading(reading(8));
    await settled();
    expect(live.state().readings).toHaveLength(9);
  });

  it('shows the stream chosen last, also when another is still being loaded', async () => {
    const other = stream({ device: 'meter-2' });
    const world: World = {
      readings: [reading(5, { device: 'meter-2' }), reading(4)],
      final: 0,
      down: false,
    };
    const { live, events } = setUp(world, [stream(), other]);
    events.opened();
    await Promise.resolve();
    live.choose(other);
    await settled();
    expect(live.state().readings?.map(({ seq }) => seq)).toEqual([5]);
  });

  it('asks for the newest of each stream of a town once, and then lives on events', async () => {
    const fish = stream({
      source: 'fish-ladder',
      device: '01',
      fields: [{ name: 'tag.id', unit: null }],
    });
    const world: World = {
      readings: [reading(5, { source: 'fish-ladder', device: '01' }), reading(4)],
      final: 0,
      down: false,
    };
    const { live, events, asked } = setUp(world, [stream(), fish]);
    events.opened();
    await settled();
    expect(asked).toHaveLength(2);
    expect(live.state().readings).toBeNull();
    expect(readingsOf(live.state(), fish).map(({ seq }) => seq)).toEqual([5]);
    events.reading(reading(6, { source: 'fish-ladder', device: '01' }));
    await settled();
    expect(readingsOf(live.state(), fish).map(({ seq }) => seq)).toEqual([6, 5]);
    expect(asked).toHaveLength(2);
  });

  it('fetches what a burst left out of a town’s stream once, a moment later', async () => {
    const fish = stream({
      source: 'fish-ladder',
      device: '01',
      fields: [{ name: 'tag.id', unit: null }],
    });
    const of = (seq: number) => reading(seq, { source: 'fish-ladder', device: '01' });
    const world: World = { readings: [of(1), reading(0)], final: 0, down: false };
    const { live, events, asked, delays } = setUp(world, [stream(), fish]);
    events.opened();
    await settled();
    world.readings = [of(9), of(8), of(7), of(6), of(5), of(4), of(3), of(2), of(1), reading(0)];
    events.reading(of(5));
    events.reading(of(9));
    await settled();
    expect([asked.length, delays.length]).toEqual([2, 1]);
    delays[0]?.();
    await settled();
    expect(readingsOf(live.state(), fish)).toHaveLength(9);
  });

  it('asks for signs of life only where nothing else is heard', async () => {
    const door = { source: 'door', device: '01' };
    const fields = [{ name: 'tag.id', unit: null }];
    const streams = [
      stream(),
      stream({ ...door, kind: 'tag', fields }),
      stream({ source: 'door', device: '', kind: 'heartbeat', fields: [] }),
    ];
    const world = { readings: [reading(1, door), reading(0)], final: 0, down: false };
    const heard = setUp(world, streams, reading(1).time);
    heard.events.opened();
    await settled();
    expect(heard.asked).toHaveLength(2);
    const silent = setUp(world, streams, reading(1).time + 86_400_000);
    silent.events.opened();
    await settled();
    expect(silent.asked).toHaveLength(3);
  });

  it('asks for no more than twelve streams, however many there are', async () => {
    const many = Array.from({ length: 40 }, (_, i) => stream({ source: `house-${i}` }));
    const { events, asked } = setUp({ readings: readings(2), final: 0, down: false }, many);
    events.opened();
    await settled();
    expect(asked).toHaveLength(12);
  });

  it('stays as it is when the same stream is chosen again', async () => {
    const { live, events } = setUp({ readings: readings(2), final: 0, down: false });
    live.choose(stream());
    events.opened();
    await settled();
    const before = live.state();
    live.choose({ ...stream() });
    expect(live.state()).toBe(before);
  });

  it('tells its listeners, until they leave', async () => {
    const { live, events } = setUp({ readings: readings(1), final: 0, down: false });
    let told = 0;
    const leave = live.subscribe(() => told++);
    events.watermarks(watermarks(1, 0, 0, 0, 0));
    expect(told).toBe(1);
    leave();
    events.watermarks(watermarks(1, 1, 0, 0, 0));
    expect(told).toBe(1);
  });
});
