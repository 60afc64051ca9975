import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import { runSession } from '../testing/driver-contract.ts';
import { scale } from '../waste/scale/scale.ts';
import { createScale, loadAt } from './scale.ts';

const MORNING = Date.UTC(2026, 8, 14, 6);
const VISIT = 180_000;

function weights(options: Record<string, string>, driverOptions: Record<string, string> = {}) {
  const device = createScale({ seed: 2, options });
  const session = scale.createSession({ ...driverOptions });
  const told: { at: number; kilograms: number; stable: unknown }[] = [];
  for (let ms = MORNING; ms < MORNING + 2 * VISIT; ms += 200)
    for (const { bytes } of device.speak(ms)) {
      const { observations, rejected } = session.receive({ bytes }, ms);
      expect(rejected).toEqual([]);
      for (const { fields } of observations) {
        const value = fields['weight.gross']?.value;
        const kilograms = isDecimal(value) ? Number(formatDecimal(value)) : Number.NaN;
        told.push({ at: ms, kilograms, stable: fields['weight.stable']?.value });
      }
    }
  return told;
}

describe('a simulated weighbridge', () => {
  it.each([{ dialect: 'toledo' }, { dialect: 'toledo', checksum: 'none' }, { dialect: 'and' }])(
    'says what the driver reads: %o',
    (options) => {
      const told = weights(options);
      const atRest = told.filter(({ stable, kilograms }) => stable && kilograms > 0);
      const [loaded, empty] = [loadAt(2, MORNING + 60_000), loadAt(2, MORNING + VISIT + 60_000)];
      expect(atRest.map(({ kilograms }) => kilograms)).toEqual([loaded.kilograms, empty.kilograms]);
      expect(loaded.kilograms).toBeGreaterThan(empty.kilograms);
    },
  );

  it('keeps a report of changes short: two lorries are some forty readings out of 1,800 lines', () => {
    expect(weights({}).length).toBeLessThan(50);
    expect(weights({}, { report: 'all' }).length).toBe(1800);
  });

  it('answers the questions the driver asks', () => {
    const device = createScale({ seed: 2, options: { dialect: 'sics' } });
    const session = scale.createSession({ poll: 'SI' });
    expect(device.speak(MORNING)).toEqual([]);
    const ask = (ms: number) =>
      session
        .tick(ms)
        .send.flatMap((bytes) => device.hear(bytes, ms))
        .flatMap((bytes) => session.receive({ bytes }, ms).observations);
    expect(ask(MORNING).map(({ fields }) => fields['device.id']?.value)).toEqual(['SGL0000002']);
    const [weight] = ask(MORNING + 60_000);
    expect(weight?.fields['weight.net']?.unit).toBe('kg');
    expect(weight?.fields['weight.stable']?.value).toBe(true);
  });

  it('hears a question in pieces, and says so when it does not know it', () => {
    const device = createScale({ seed: 2, options: { dialect: 'sics' } });
    const hear = (text: string) =>
      device.hear(new TextEncoder().encode(text), MORNING).map((b) => Buffer.from(b).toString());
    expect([hear('S'), hear('I\r'), hear('\n')]).toEqual([[], [], ['S S          0 kg\r\n']]);
    expect(hear('WHO\r\n')).toEqual(['ES\r\n']);
  });

  it('waits for no lorry to come to rest', () => {
    const device = createScale({ seed: 2, options: { dialect: 'sics' } });
    const [moving] = device.hear(new TextEncoder().encode('S\r\n'), MORNING + 44_000);
    expect(Buffer.from(moving ?? []).toString()).toBe('S I\r\n');
    const { observations } = runSession(scale, {}, [moving ?? new Uint8Array()]);
    expect(observations.map(({ kind }) => kind)).toEqual(['scale']);
  });
});
