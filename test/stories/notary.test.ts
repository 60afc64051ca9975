/**
 * Two gateways of one operator have no ledger of their own. Their operator's notary, a process beside the cloud, calls both
 * in one roll and anchors it; readings of both become final, and every claim of them holds.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPseudoTerminal, type PseudoTerminal } from '@sigill/firmware-bridge/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { done } from '../testing/commands-fixture.ts';
import { editYaml, letInGateway, useLedgerPort } from '../testing/notary-site.ts';
import { p1Telegram, p1Time } from '../testing/p1-telegram.ts';
import { type RunningSigill, runSigill, startSigill } from '../testing/sigill-process.ts';
import { eventually, freePort } from '../testing/waiting.ts';

const BOXES = ['house-1', 'house-2'] as const;
const METER = '4530303331303033303031363939353135';

interface Latest {
  readonly agent: string;
  readonly seq: number;
  readonly state: string;
  readonly origin: string;
}

describe('one notary for two gateways', () => {
  let directory: string;
  let url: string;
  let meters: PseudoTerminal[];
  let beat: ReturnType<typeof setInterval>;
  const parts = new Map<string, RunningSigill>();
  const at = (...names: string[]) => join(directory, ...names);
  const start = (name: string, ...args: string[]) => parts.set(name, startSigill(args));
  const said = (name: string) => parts.get(name)?.said() ?? '';

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sigill-notary-'));
    meters = [await openPseudoTerminal(), await openPseudoTerminal()];
    const [port, ledgerPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    await done(
      ...['cloud', 'init', at('cloud'), '--name', 'agency', '--origins', 'agency.example'],
      ...['--listen', `127.0.0.1:${port}`, '--ledger', 'development'],
    );
    await useLedgerPort(at('cloud'), ledgerPort);
    start('cloud', 'cloud', 'run', at('cloud', 'cloud.yaml'));
    await eventually('the cloud answers', async () => (await fetch(`${url}/health`)).ok);
    for (const [index, name] of BOXES.entries())
      await letInGateway({
        ...{ url, name, folder: at(name), cloudFile: at('cloud', 'cloud.yaml') },
        source: `${name}=dsmr-p1:${meters[index]?.path}`,
      });
    const made = await done(
      ...['notary', 'init', at('notary'), '--cloud', url, '--ledger', 'development'],
      ...['--account', at('cloud', 'keys', 'anchor.json')],
    );
    expect(made).toMatch(/^Slots {9}2$/m);
    await editYaml(at('notary', 'notary.yaml'), [
      [['ledger'], { development: { port: ledgerPort } }],
      [['anchor', 'intervalMs'], 2_000],
    ]);
    start('notary', 'notary', 'run', at('notary', 'notary.yaml'));
    for (const name of BOXES) {
      await editYaml(at(name, 'gateway.yaml'), [
        [['batch', 'ageMs'], 300],
        [['checkpoint', 'intervalMs'], 500],
        [['anchor', 'intervalMs'], 2_000],
      ]);
      start(name, 'gateway', 'run', at(name, 'gateway.yaml'));
    }
    beat = setInterval(() => {
      for (const meter of meters)
        meter.write(p1Telegram({ meter: METER, kilowatts: '02.718', time: p1Time(Date.now()) }));
    }, 1_000);
  }, 120_000);

  afterAll(async () => {
    clearInterval(beat);
    for (const part of [...parts.values()].toReversed()) await part.stop();
    for (const meter of meters ?? []) await meter.close();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  /** The newest reading of a box's meter that has come this far. */
  const newest = (source: string, state: string, minSeq = 0) =>
    eventually(
      `a ${state} reading of ${source}`,
      async () => {
        const answer = await fetch(`${url}/api/v1/readings?source=${source}&limit=200`);
        const { readings } = (await answer.json()) as { readings: Latest[] };
        return readings
          .filter((one) => one.state === state && one.seq >= minSeq)
          .sort((one, other) => other.seq - one.seq)[0];
      },
      90_000,
    );

  const verify = async ({ agent, seq }: Latest) => {
    const file = at(`${agent}-${seq}.sigill`);
    const evidence = await fetch(`${url}/api/v1/evidence/${agent}/${seq}`);
    expect(evidence.status).toBe(200);
    await writeFile(file, await evidence.text());
    return runSigill(['verify', file, '--policy', at('cloud', 'policy.json')]);
  };

  it('makes readings of both final, and every claim of them holds', async () => {
    for (const name of BOXES) {
      const reading = await newest(name, 'final');
      const { code, stdout, stderr } = await verify(reading);
      expect(`${stdout}${stderr}`).not.toMatch(/\bno\b {2}/);
      expect(code, `${stdout}${stderr}`).toBe(0);
    }
  }, 120_000);

  it('gives both the newest anchor as their beacon, and each says who anchors it', async () => {
    for (const name of BOXES) {
      const status = await eventually(
        `${name} knows the anchor that covers it`,
        async () => {
          const { code, stdout } = await runSigill(['status', at(name, 'gateway.yaml'), '--json']);
          const { anchoring, ledger } = JSON.parse(stdout);
          return code === 0 && anchoring.last !== null && { anchoring, ledger };
        },
        60_000,
      );
      expect(status).toMatchObject({
        ledger: 'not anchored',
        anchoring: { by: 'notary', last: { size: expect.any(Number) } },
      });
      const { stdout } = await runSigill(['status', at(name, 'gateway.yaml')]);
      expect(stdout).toMatch(
        /the operator’s notary anchors this log: anchor \d+ covers \d+ batches/,
      );
    }
  }, 120_000);

  it('goes on when the notary and the cloud were killed', async () => {
    const before = await newest('house-2', 'final');
    for (const name of ['notary', 'cloud']) parts.get(name)?.child.kill('SIGKILL');
    await Promise.all(['notary', 'cloud'].map((name) => parts.get(name)?.ended));
    start('cloud', 'cloud', 'run', at('cloud', 'cloud.yaml'));
    start('notary', 'notary', 'run', at('notary', 'notary.yaml'));
    const after = await newest('house-2', 'final', before.seq + 10);
    const { code, stdout, stderr } = await verify(after);
    expect(code, `${stdout}${stderr}${said('notary')}`).toBe(0);
  }, 180_000);
});
