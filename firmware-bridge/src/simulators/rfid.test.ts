import { describe, expect, it } from 'vitest';
import type { Driver, Session } from '../driver.ts';
import { decodeEpc } from '../identifiers/epc-binary.ts';
import { llrp } from '../rfid/llrp/llrp.ts';
import { yrm100 } from '../rfid/yrm100/yrm100.ts';
import type { SimulatedDevice } from './device.ts';
import { ROUND_MS } from './gate-traffic.ts';
import { createLlrpSimulator } from './llrp.ts';
import { createYrm100Simulator } from './yrm100.ts';

const START = Date.UTC(2026, 5, 3, 10, 0, 0);
const MINUTES = 60_000;

interface Talk {
  readonly tags: readonly { epc: string; ms: number; antenna: string }[];
  readonly kinds: ReadonlySet<string>;
  readonly resets: readonly string[];
}

/** Driver and simulated device on one line, their time told to both. */
function talk(
  driver: Driver,
  device: SimulatedDevice,
  { from = START, ms = 3 * MINUTES, options = {} as Record<string, string>, deaf = false } = {},
): Talk {
  const session: Session = driver.createSession(options);
  const tags: { epc: string; ms: number; antenna: string }[] = [];
  const kinds = new Set<string>();
  const resets: string[] = [];
  let dueMs: number | null = from;
  const take = (step: ReturnType<Session['tick']>, at: number) => {
    expect(step.rejected).toEqual([]);
    for (const { kind, fields } of step.observations) {
      kinds.add(kind);
      const antenna = fields['tag.antenna']?.value as { mantissa: bigint } | undefined;
      if (kind === 'tag')
        tags.push({
          epc: String(fields['tag.id']?.value),
          ms: at,
          antenna: String(antenna?.mantissa ?? ''),
        });
    }
    if (step.reset) resets.push(step.reset);
    dueMs = step.nextTickMs;
    for (const bytes of step.send)
      for (const answer of deaf ? [] : device.hear(bytes, at))
        take(session.receive({ bytes: answer }, at), at);
  };
  for (let at = from; at < from + ms; at += ROUND_MS) {
    if (dueMs !== null && at >= dueMs) take(session.tick(at), at);
    for (const { bytes } of device.speak(at)) take(session.receive({ bytes }, at), at);
  }
  return { tags, kinds, resets };
}

describe('simulated LLRP portal', () => {
  it('does what the driver asks and reports what passes, without a fault', () => {
    const { tags, kinds, resets } = talk(llrp, createLlrpSimulator({ seed: 7 }), {
      ms: 5 * MINUTES,
      options: { power: '27', session: '1' },
    });
    expect([...kinds].sort()).toEqual(['reader', 'tag']);
    expect(resets).toEqual([]);
    const things = new Set(tags.map(({ epc }) => decodeEpc(epc).type));
    expect([...things].sort()).toEqual(['sgtin', 'sscc']);
    expect(new Set(tags.map(({ epc }) => epc)).size).toBeGreaterThan(20);
    // A tag is seen more than once in a passage, and by both antennas.
    expect(tags.length).toBeGreaterThan(new Set(tags.map(({ epc }) => epc)).size * 3);
    expect(new Set(tags.map(({ antenna }) => antenna))).toEqual(new Set(['1', '2']));
  });

  it('reports periodically where it is asked to, and sees the same', () => {
    const options = { duration: '2000' };
    const { tags } = talk(llrp, createLlrpSimulator({ seed: 7 }), { options });
    expect(tags).toEqual(talk(llrp, createLlrpSimulator({ seed: 7 })).tags);
  });

  it('is another gate with another seed', () => {
    const [one, other] = [7, 8].map((seed) => talk(llrp, createLlrpSimulator({ seed })).tags);
    expect(one).not.toEqual(other);
  });

  it('forgets a client that does not answer, and greets the next', () => {
    const device = createLlrpSimulator({ seed: 7 });
    talk(llrp, device, { ms: MINUTES });
    const silence = START + MINUTES + 45_000;
    device.speak(silence);
    const { tags, resets } = talk(llrp, device, { from: silence + 1000, ms: 5 * MINUTES });
    expect(resets).toEqual([]);
    expect(tags.length).toBeGreaterThan(0);
  });
});

describe('simulated YRM100 module', () => {
  it('answers every question and tells the bins that pass', () => {
    const { tags, kinds, resets } = talk(yrm100, createYrm100Simulator({ seed: 3 }), {
      options: { region: 'eu', power: '20' },
      ms: 5 * MINUTES,
    });
    expect([...kinds].sort()).toEqual(['reader', 'tag']);
    expect(resets).toEqual([]);
    expect(new Set(tags.map(({ epc }) => decodeEpc(epc).type))).toEqual(new Set(['grai']));
    expect(new Set(tags.map(({ epc }) => epc)).size).toBeGreaterThan(2);
  });

  it('speaks the other framing where it is set to', () => {
    const device = createYrm100Simulator({ seed: 3, options: { framing: 'aa' } });
    expect(talk(yrm100, device, { ms: 5 * MINUTES }).tags.length).toBeGreaterThan(0);
  });

  it('looks for tags as soon as it has power: a line that only listens hears it', () => {
    const { tags, resets } = talk(yrm100, createYrm100Simulator({ seed: 3 }), {
      deaf: true,
      ms: 5 * MINUTES,
    });
    expect(tags.length).toBeGreaterThan(0);
    expect(resets).toEqual([]);
  });

  it('says the same when it is asked for the same moment', () => {
    const [one, other] = [0, 1].map(() => createYrm100Simulator({ seed: 3 }));
    const said = (device: SimulatedDevice, ms: number) => device.speak(ms);
    for (let ms = START; ms < START + MINUTES; ms += ROUND_MS)
      expect(said(one!, ms)).toEqual(said(other!, ms + 13));
  });
});
