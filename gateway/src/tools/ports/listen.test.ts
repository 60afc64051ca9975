import { createReplayTransport, drivers } from '@sigill/firmware-bridge';
import { simulators } from '@sigill/firmware-bridge/simulators';
import { describe, expect, it } from 'vitest';
import { type LineSettings, listenTo, USUAL_SETTINGS } from './listen.ts';

const NOON = Date.UTC(2026, 5, 1, 12);
const GARBAGE = Uint8Array.from({ length: 400 }, (_, index) => (index * 73 + 11) % 256);

/** A meter that speaks at one speed; at any other its bytes are noise. */
function hear(speaking: LineSettings | null) {
  const device = simulators.get('dsmr-p1')!.create({ seed: 1 });
  const tried: LineSettings[] = [];
  const parts = {
    drivers: [...drivers.values()],
    settings: USUAL_SETTINGS,
    openPort(settings: LineSettings) {
      tried.push(settings);
      if (speaking === null) return createReplayTransport([]);
      const right = settings.baudRate === speaking.baudRate && settings.parity === speaking.parity;
      const bytes = right ? device.speak(NOON).map((message) => message.bytes) : [GARBAGE];
      return createReplayTransport(bytes);
    },
    wait: () => new Promise<void>((resolve) => setImmediate(resolve)),
    now: () => 0,
  };
  return { tried, heard: listenTo(parts, 3000) };
}

describe('listening to a port', () => {
  it('tells the driver and the speed that understand it, and tries no further', async () => {
    const { heard, tried } = hear({ baudRate: 9600, dataBits: 8, parity: 'none' });
    const last = (await heard).at(-1);
    expect(last?.understood).toMatchObject({ driver: 'dsmr-p1', observations: expect.any(Number) });
    expect(last?.settings.baudRate).toBe(9600);
    expect(tried).toHaveLength(2);
  });

  it('tries every usual speed on a silent one', async () => {
    const { heard } = hear(null);
    const all = await heard;
    expect(all).toHaveLength(USUAL_SETTINGS.length);
    expect(all.every(({ bytes, understood }) => bytes === 0 && understood === null)).toBe(true);
  });

  it('claims to understand nothing of noise', async () => {
    const { heard } = hear({ baudRate: 1, dataBits: 8, parity: 'odd' });
    expect((await heard).every(({ understood }) => understood === null)).toBe(true);
  });
});
