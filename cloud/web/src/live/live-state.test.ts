import { describe, expect, it } from 'vitest';
import { ORIGIN, reading, stream, watermarks } from '../../testing/page-fixture.ts';
import {
  chosenStream,
  findReading,
  INITIAL_STATE,
  type LiveEvent,
  MAX_KEPT,
  readingsOf,
  reduce,
} from './live-state.ts';

const other = stream({ device: 'meter-2' });
const after = (...events: LiveEvent[]) => events.reduce(reduce, INITIAL_STATE);
const seqs = (state: { readings: readonly { seq: number }[] | null }) =>
  state.readings?.map(({ seq }) => seq);

const streams: LiveEvent = { type: 'streams', streams: [stream(), other] };
const page = (...numbers: number[]): LiveEvent => ({
  type: 'page',
  stream: stream(),
  readings: numbers.map((seq) => reading(seq)),
});

describe('the live state', () => {
  it('chooses the first stream, or the one asked for', () => {
    expect(chosenStream(after(streams))?.device).toBe('meter-1');
    expect(chosenStream(after(streams, { type: 'wanted', stream: other }))?.device).toBe('meter-2');
    expect(
      chosenStream(after(streams, { type: 'wanted', stream: { ...other, device: 'gone' } }))
        ?.device,
    ).toBe('meter-1');
    expect(chosenStream(INITIAL_STATE)).toBeNull();
  });

  it('chooses none where sources stand side by side, unless one is asked for', () => {
    const town: LiveEvent = { type: 'streams', streams: [stream(), stream({ source: 'gate' })] };
    expect(chosenStream(after(town))).toBeNull();
    const asked: LiveEvent = { type: 'wanted', stream: stream({ source: 'gate' }) };
    expect(chosenStream(after(town, asked))?.source).toBe('gate');
  });

  it('keeps the newest of streams that are not chosen too, and finds a reading in any of them', () => {
    const stray = reading(7, { device: 'meter-2' });
    const state = after(streams, page(5), { type: 'reading', reading: stray, now: 1 });
    expect(readingsOf(state, other)).toEqual([stray]);
    expect(findReading(state, stray.agent, 7)).toBe(stray);
    expect(findReading(state, stray.agent, 5)?.seq).toBe(5);
    expect(findReading(state, 'ff', 5)).toBeNull();
  });

  it('keeps each reading once, newest first, however they arrive', () => {
    const state = after(
      streams,
      page(5, 3),
      { type: 'reading', reading: reading(6), now: 1 },
      page(5, 4, 3),
    );
    expect(seqs(state)).toEqual([6, 5, 4, 3]);
  });

  it('takes no readings of another stream, and none before the first page', () => {
    const stray: LiveEvent = {
      type: 'reading',
      reading: reading(7, { device: 'meter-2' }),
      now: 1,
    };
    expect(seqs(after(streams, page(5), stray))).toEqual([5]);
    expect(after(streams, { type: 'reading', reading: reading(7), now: 1 }).readings).toBeNull();
  });

  it('drops an answer that comes after another stream was chosen', () => {
    expect(after(streams, { type: 'wanted', stream: other }, page(5)).readings).toBeNull();
  });

  it('knows that it has them all when the first of the stream is there', () => {
    expect(after(streams, page(2, 1)).complete).toBe(false);
    expect(after(streams, page(2, 1, 0)).complete).toBe(true);
  });

  it('forgets the oldest beyond its bound, and then no longer claims to have them all', () => {
    const full = page(...Array.from({ length: MAX_KEPT }, (_, seq) => seq));
    const state = after(streams, full, { type: 'reading', reading: reading(MAX_KEPT), now: 1 });
    expect(state.readings?.length).toBe(MAX_KEPT);
    expect(state.complete).toBe(false);
  });

  it('moves the watermarks of one log, and remembers when the server was last heard', () => {
    const state = after(streams, { type: 'watermarks', marks: watermarks(3, 2, 1, 0, 0), now: 77 });
    expect(state.marks.get(ORIGIN)?.logged).toBe(2);
    expect(state.lastHeard).toBe(77);
  });

  it('stays lost until the server is heard again', () => {
    const lost = after(
      { type: 'connection', connection: 'live', now: 5 },
      { type: 'connection', connection: 'lost', now: 9 },
    );
    expect([lost.connection, lost.lastHeard]).toEqual(['lost', 5]);
  });
});
