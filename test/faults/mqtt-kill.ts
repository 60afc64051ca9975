/**
 * A gateway killed with SIGKILL while devices publish to its broker, again and again: what was acknowledged is in the
 * journal, and nothing is there twice but what a device itself said twice.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { initBrokerSite, runBrokerSite } from '../testing/broker-site.ts';
import { createRandom } from '../testing/random.ts';
import { eventually } from '../testing/waiting.ts';
import { countTimes, readJournal } from './mqtt-journal.ts';
import { acknowledgedOf, hasSaidAgain, type Publisher, startPublisher } from './mqtt-publisher.ts';

export interface MqttKillOptions {
  /** Each with a gateway of its own, killed once while its devices publish. */
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface MqttKillReport {
  readonly acknowledged: number;
  readonly readings: number;
  /** Acknowledged and not in the journal. */
  readonly lost: readonly string[];
  /** In the journal twice, though the device said it once. */
  readonly twice: readonly string[];
  /** Durable before the kill, not acknowledged, and said again by its device: at least once, as QoS 1 has it. */
  readonly saidAgainAndTwice: number;
  /** From the start of the process to the first PUBACK after a kill. */
  readonly backMs: readonly number[];
}

const PUBLISHERS = 6;
const WINDOW = 20;
const MOST_LIFE_MS = 2_500;

export async function killMqtt({ count, seed, say }: MqttKillOptions): Promise<MqttKillReport> {
  const random = createRandom(seed);
  const total = { acknowledged: 0, readings: 0, saidAgainAndTwice: 0 };
  const lost: string[] = [];
  const twice: string[] = [];
  const backMs: number[] = [];
  for (let run = 1; run <= count; run++) {
    const one = await killOnce(random);
    total.acknowledged += one.acknowledged;
    total.readings += one.readings;
    total.saidAgainAndTwice += one.saidAgainAndTwice;
    lost.push(...one.lost);
    twice.push(...one.twice);
    backMs.push(...one.backMs);
    const faults = one.lost.length + one.twice.length;
    say(
      `${run} of ${count}: ${one.acknowledged} acknowledged, ${one.readings} in the journal, ${faults} faults, back in ${one.backMs[0]} ms`,
    );
  }
  return { ...total, lost, twice, backMs };
}

async function killOnce(random: () => number): Promise<MqttKillReport> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-mqtt-kill-'));
  try {
    const site = await initBrokerSite(directory, 'kill/+/up');
    const first = await runBrokerSite(site);
    const publishers = Array.from({ length: PUBLISHERS }, (_, index) =>
      startPublisher({
        ...{ port: site.port, username: site.username, password: site.password },
        ...{ name: `p${index}`, window: WINDOW, saysAgain: index % 2 === 0, random },
      }),
    );
    await eventually('a PUBACK', async () => acknowledgedOf(publishers) > 0);
    await sleep(random() * MOST_LIFE_MS);
    first.child.kill('SIGKILL');
    await first.ended;
    const before = acknowledgedOf(publishers);
    const started = performance.now();
    const second = await runBrokerSite(site);
    await eventually('a PUBACK after the kill', async () => acknowledgedOf(publishers) > before);
    const backMs = [Math.round(performance.now() - started)];
    // Every publisher that says something again has done so by then.
    await eventually('all publishers', async () => publishers.every(hasSaidAgain));
    await Promise.all(publishers.map((publisher) => publisher.stop()));
    await second.stop();
    return { ...judge(publishers, await readJournal(site)), backMs };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function judge(
  publishers: readonly Publisher[],
  readings: readonly string[],
): Omit<MqttKillReport, 'backMs'> {
  const times = countTimes(readings);
  const lost: string[] = [];
  for (const [index, { acknowledged }] of publishers.entries()) {
    for (const number of acknowledged) {
      if (!times.has(`p${index} ${number}`)) lost.push(`p${index} ${number}`);
    }
  }
  const more = [...times].filter(([, count]) => count > 1).map(([reading]) => reading);
  const twice = more.filter((reading) => {
    const [name = '', number] = reading.split(' ');
    return !publishers[Number(name.slice(1))]?.saidAgain.has(Number(number));
  });
  return {
    acknowledged: acknowledgedOf(publishers),
    readings: readings.length,
    ...{ lost, twice, saidAgainAndTwice: more.length - twice.length },
  };
}
