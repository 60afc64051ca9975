import { describe, expect, it } from 'vitest';
import { contentOf, createSenderMemory, type SenderMemory } from './mqtt-repeats.ts';

const ONE = 'one';
const OTHER = 'another';

/** Messages that were taken and acknowledged, one after the other. */
function say(memory: SenderMemory<void>, ids: readonly number[]): void {
  for (const id of ids) memory.settle(memory.add(id, ONE), 'acknowledged');
}

describe('a message with DUP repeats', () => {
  it('one that is under way, or was kept and never acknowledged', () => {
    const memory = createSenderMemory<void>();
    const taken = memory.add(7, ONE);
    expect(memory.find(7, ONE)).toBe(taken);
    memory.settle(taken, 'kept');
    expect(memory.find(7, ONE)).toBe(taken);
  });

  it('the last ones that were acknowledged, of a sender whose identifiers go on', () => {
    const memory = createSenderMemory<void>();
    say(memory, ids(1, 12));
    expect([9, 10, 11, 12].map((id) => memory.find(id, ONE) !== null)).toEqual([
      ...[false, true, true, true],
    ]);
  });

  it('as many as were under way at once, of a sender that has many under way', () => {
    const memory = createSenderMemory<void>();
    for (let begin = 1; begin < 400; begin += 20) {
      const taken = ids(begin, begin + 19).map((id) => memory.add(id, ONE));
      for (const one of taken) memory.settle(one, 'acknowledged');
    }
    expect(ids(381, 400).every((id) => memory.find(id, ONE) !== null)).toBe(true);
  });
});

describe('a message with DUP is a message of its own', () => {
  it('when it says something else, or bears another identifier', () => {
    const memory = createSenderMemory<void>();
    memory.settle(memory.add(7, ONE), 'kept');
    expect(memory.find(7, OTHER)).toBeNull();
    expect(memory.find(8, ONE)).toBeNull();
  });

  it('when what it would repeat was not taken', () => {
    const memory = createSenderMemory<void>();
    memory.drop(memory.add(7, ONE));
    expect(memory.find(7, ONE)).toBeNull();
  });

  it('of a sender of which too little is known', () => {
    const memory = createSenderMemory<void>();
    say(memory, [1, 2, 3]);
    expect(memory.find(3, ONE)).toBeNull();
    say(memory, [4]);
    expect(memory.find(4, ONE)).not.toBeNull();
  });

  it('of a sender that gives the lowest free identifier: its next message has the same one', () => {
    const memory = createSenderMemory<void>();
    say(memory, Array(100).fill(1));
    expect(memory.find(1, ONE)).toBeNull();
  });

  it('of a sender that begins again with 1 each time it is switched on', () => {
    const memory = createSenderMemory<void>();
    for (let count = 0; count < 20; count++) say(memory, ids(1, 3));
    expect(memory.find(1, ONE)).toBeNull();
  });

  it('of one whose identifiers came again lately, until they have gone on for long enough', () => {
    const memory = createSenderMemory<void>();
    say(memory, [...ids(1, 12), 12]);
    expect(memory.find(12, ONE)).toBeNull();
    say(memory, [20, 21, 22]);
    expect(memory.find(22, ONE)).not.toBeNull();
  });
});

describe('what is remembered', () => {
  it('is bounded for each sender', () => {
    const room = { left: 10_000 };
    const memory = createSenderMemory<void>(room);
    const taken = ids(1, 1_000).map((id) => memory.add(id, ONE));
    for (const one of taken) memory.settle(one, 'kept');
    expect(room.left).toBe(10_000 - 256);
    expect(memory.find(744, ONE)).toBeNull();
    expect(memory.find(745, ONE)).not.toBeNull();
  });

  it('and for all together: one that finds no room goes on with its own oldest', () => {
    const room = { left: 4 };
    const [one, other] = [createSenderMemory<void>(room), createSenderMemory<void>(room)];
    say(one, ids(1, 9));
    say(other, ids(1, 9));
    expect(room.left).toBe(0);
    expect(one.find(9, ONE)).not.toBeNull();
    expect(one.find(5, ONE)).toBeNull();
    expect(other.find(9, ONE)).toBeNull();
    one.clear();
    expect(room.left).toBe(4);
  });
});

it('content is topic, payload and whether it is retained', () => {
  const bytes = Uint8Array.of(1);
  const contents = [
    contentOf('a', bytes, false),
    contentOf('b', bytes, false),
    contentOf('a', Uint8Array.of(2), false),
    contentOf('a', bytes, true),
    contentOf('a'.repeat(1_000), bytes, false),
    contentOf('a'.repeat(1_001), bytes, false),
  ];
  expect(new Set(contents).size).toBe(contents.length);
  expect(Math.max(...contents.map(({ length }) => length))).toBeLessThan(100);
});

function ids(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
