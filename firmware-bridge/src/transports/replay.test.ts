import { describe, expect, it } from 'vitest';
import { createReplayTransport, type ReplayChunk } from './replay.ts';
import type { TransportState } from './transport.ts';

function play(chunks: Iterable<ReplayChunk> | AsyncIterable<ReplayChunk>) {
  const transport = createReplayTransport(chunks);
  const heard: [string, string | undefined][] = [];
  const states: TransportState[] = [];
  const over = new Promise<void>((resolve) =>
    transport.start({
      chunk: (bytes, topic) => heard.push([String.fromCharCode(...bytes), topic]),
      state: (state) => {
        states.push(state);
        if (state.status === 'closed') resolve();
      },
    }),
  );
  return { transport, heard, states, over };
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('replay transport', () => {
  it('plays chunks and topics in order, and says that it is over', async () => {
    const { heard, states, over } = play([bytes('a'), { bytes: bytes('b'), topic: 'house/b' }]);
    await over;
    expect(heard).toEqual([
      ['a', undefined],
      ['b', 'house/b'],
    ]);
    expect(states.map(({ status, reason }) => [status, reason])).toEqual([
      ['open', null],
      ['closed', 'the recording is over'],
    ]);
  });

  it('takes what is written, as a recording does not listen', async () => {
    const { transport, over } = play([]);
    await expect(transport.write(bytes('x'))).resolves.toBeUndefined();
    await over;
  });

  it('stops between two chunks', async () => {
    async function* endless() {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        yield bytes('a');
      }
    }
    const { transport, heard } = play(endless());
    await transport.stop();
    expect(heard.length).toBeLessThan(2);
  });
});
