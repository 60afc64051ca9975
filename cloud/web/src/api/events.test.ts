import { describe, expect, it } from 'vitest';
import { reading, watermarks } from '../../testing/page-fixture.ts';
import { type EventLine, listenToEvents } from './events.ts';

type Listener = (event: { readonly data?: unknown }) => void;

function setUp() {
  const told: string[] = [];
  const lines: { state: number; emit: (type: string, data?: unknown) => void }[] = [];
  const waiting: (() => void)[] = [];
  const stop = listenToEvents(
    {
      opened: () => told.push('opened'),
      lost: () => told.push('lost'),
      missed: () => told.push('missed'),
      reading: ({ seq }) => told.push(`reading ${seq}`),
      watermarks: ({ logged }) => told.push(`logged ${logged}`),
      problem: ({ code }) => told.push(code),
    },
    {
      connect: () => {
        const listeners = new Map<string, Listener>();
        const line = {
          state: 1,
          emit: (type: string, data?: unknown) => listeners.get(type)?.({ data }),
        };
        lines.push(line);
        return {
          get readyState() {
            return line.state;
          },
          addEventListener: (type: string, listener: Listener) => listeners.set(type, listener),
          close: () => told.push('closed'),
        } as EventLine;
      },
      later: (run) => {
        waiting.push(run);
        return () => {
          waiting.length = 0;
        };
      },
    },
  );
  return { told, lines, waiting, stop };
}

describe('events', () => {
  it('tells readings and watermarks as they come', () => {
    const { told, lines } = setUp();
    lines[0]?.emit('open');
    lines[0]?.emit('reading', JSON.stringify(reading(4)));
    lines[0]?.emit('watermarks', JSON.stringify(watermarks(3, 2, 1, 0, 0)));
    lines[0]?.emit('missed', '{"events":3}');
    expect(told).toEqual(['opened', 'reading 4', 'logged 2', 'missed']);
  });

  it('reports an event that cannot be read, and listens on', () => {
    const { told, lines } = setUp();
    lines[0]?.emit('reading', '{');
    lines[0]?.emit('reading', '{}');
    lines[0]?.emit('reading', JSON.stringify(reading(4)));
    expect(told).toEqual(['SERVER_ANSWER', 'SERVER_ANSWER', 'reading 4']);
  });

  it('leaves a broken line to the browser, and connects anew when the browser gives up', () => {
    const { told, lines, waiting } = setUp();
    lines[0]?.emit('error');
    expect(waiting).toHaveLength(0);
    lines[0]!.state = 2;
    lines[0]?.emit('error');
    waiting[0]?.();
    lines[1]?.emit('open');
    expect(told).toEqual(['lost', 'lost', 'opened']);
  });

  it('is silent once stopped', () => {
    const { told, lines, waiting, stop } = setUp();
    lines[0]!.state = 2;
    lines[0]?.emit('error');
    stop();
    expect(waiting).toHaveLength(0);
    expect(told).toEqual(['lost', 'closed']);
  });
});
