/**
 * Somebody copies a gateway's card. The original goes on; the copy, offline and elsewhere, logs a history of its own under
 * the same key. What witnesses say when a head of that history turns up, what the operator reads, and what anyone can
 * check without either of them.
 */
import { createPrivateKey } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cosignedAt,
  createSigner,
  formatPolicy,
  hashesOf,
  logKey,
  originHash,
  parseCheckpoint,
  parseNoteKey,
  parsePolicy,
  rootAt,
  type Signer,
  signCheckpoint,
  tilePath,
  toBase64,
  toHex,
} from '@sigill/evidence';
import { openPseudoTerminal, type PseudoTerminal } from '@sigill/firmware-bridge/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { done, type } from '../testing/commands-fixture.ts';
import { p1Telegram, p1Time } from '../testing/p1-telegram.ts';
import { type RunningSigill, startSigill } from '../testing/sigill-process.ts';
import { makeSite, type Site } from '../testing/site-fixture.ts';
import { eventually, freePort } from '../testing/waiting.ts';

const ORIGIN = 'sigill.example/test/site';
const METER = '4530303331303033303031363939353135';

let site: Site;
let elsewhere: PseudoTerminal;
let witness: RunningSigill;
let witnessUrl: string;
let witnessKey: string;
const at = (...names: string[]) => join(site.directory, ...names);
const copyAt = (...names: string[]) => at('copy', ...names);

beforeAll(async () => {
  site = await makeSite({ ledger: 'none', source: 'house' });
  elsewhere = await openPseudoTerminal();
  const [port, nobody] = [await freePort(), await freePort()];
  witnessUrl = `http://127.0.0.1:${port}`;
  const policy = parsePolicy(await readFile(site.policyFile, 'utf8'));
  const operator = ['--operator', toBase64(policy.operator), '--cloud', site.url];
  const init = (name: string, listen: number) =>
    done(
      ...['witness', 'init', at(name), '--name', `${name}.example/w`, '--json'],
      ...['--listen', `127.0.0.1:${listen}`, ...operator],
    );
  witnessKey = JSON.parse(await init('w1', port)).key;
  // The second witness of three is down the whole time.
  const away = JSON.parse(await init('w2', nobody)).key;
  const own = policy.witnessLines.find((line) => line.startsWith('witness '));
  const witnessLines = [
    `witness own ${own?.split(' ')[2]}`,
    `witness w1 ${witnessKey}`,
    `witness w2 ${away}`,
    ...['group two 2 own w1 w2', 'quorum two'],
  ];
  await writeFile(site.policyFile, formatPolicy({ ...policy, witnessLines }));
  await edit(at('gateway.yaml'), {
    witnesses: [
      { url: witnessUrl, key: witnessKey },
      { url: `http://127.0.0.1:${nobody}`, key: away },
    ],
  });
  await site.start();
  witness = startSigill(['witness', 'run', at('w1', 'witness.yaml')]);
  await eventually('the witness answers', async () => (await fetch(`${witnessUrl}/health`)).ok);
}, 90_000);
afterAll(async () => {
  await witness?.stop();
  await site?.remove();
  await elsewhere?.close();
});

async function edit(file: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  for (const [key, value] of Object.entries(changes))
    document.setIn([key], document.createNode(value));
  await writeFile(file, document.toString());
}

function speak(meter: PseudoTerminal, kilowatts: string): void {
  meter.write(p1Telegram({ meter: METER, kilowatts, time: p1Time(Date.now()) }));
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
const json = async (path: string): Promise<any> => (await fetch(`${site.url}${path}`)).json();
/** The cloud alone: its gateway is off. */
async function startCloud(): Promise<RunningSigill> {
  const cloud = startSigill(['cloud', 'run', at('cloud.yaml')]);
  await eventually('the cloud answers', async () => (await fetch(`${site.url}/health`)).ok);
  return cloud;
}

const headOf = async (folder: string) =>
  parseCheckpoint(await readFile(join(folder, 'data', 'site-log', 'head'), 'utf8'));
const sizeAtWitness = async () => {
  const answer = await fetch(`${witnessUrl}/${toHex(originHash(ORIGIN))}/checkpoint`);
  return answer.ok ? parseCheckpoint(textOf(await answer.text())).size : 0;
};
const textOf = (note: string) => note.slice(0, note.indexOf('\n\n') + 1);

describe('a log that three witnesses may cosign', () => {
  it('meets a quorum of two while one is down, and evidence says who saw it', async () => {
    const reading = await eventually('a reading is witnessed', async () => {
      speak(site.meter, '02.718');
      const { readings } = await json('/api/v1/readings?kind=meter&limit=1');
      return ['witnessed', 'final'].includes(readings[0]?.state) ? readings[0] : null;
    });
    const file = at('reading.sigill');
    const verdict = await eventually('two witnesses saw it', async () => {
      const path = `/api/v1/evidence/${reading.agent}/${reading.seq}`;
      await writeFile(file, await (await fetch(`${site.url}${path}`)).text());
      const verify = type('verify', file, '--policy', site.policyFile, '--json');
      const { claims } = JSON.parse((await verify.ended).out);
      const witnessed = claims.find(({ claim }: { claim: string }) => claim === 'witnessed');
      return witnessed.holds === 'yes' ? witnessed : null;
    });
    expect(verdict.facts.witnesses.split(', ').sort()).toEqual(['own', 'w1']);
    expect(verdict.facts.own).toBe('own');
  }, 60_000);
});

describe('a copy of the card that logged a history of its own', () => {
  let cloud: RunningSigill;
  let signer: Signer;
  let common: number;
  let size: number;

  it('grows elsewhere, while the original goes on', async () => {
    await eventually('the witness saw some', async () => {
      speak(site.meter, '02.718');
      return (await sizeAtWitness()) >= 4;
    });
    await site.stop();
    common = (await headOf(site.directory)).size;
    for (const name of await readdir(site.directory))
      if (!/cloud|sigill|^w\d$|^copy$/.test(name))
        await cp(at(name), copyAt(name), { recursive: true });
    await site.start();
    await eventually('the original goes on', async () => {
      speak(site.meter, '03.141');
      return (await sizeAtWitness()) >= common + 3;
    });
    await site.stop();
    size = await sizeAtWitness();

    // Nobody is reached from there.
    const document = parseDocument(await readFile(copyAt('gateway.yaml'), 'utf8'));
    for (const key of ['cloud', 'witnesses']) document.deleteIn([key]);
    document.setIn(['sources', 0, 'transport', 'serial'], elsewhere.path);
    await writeFile(copyAt('gateway.yaml'), document.toString());
    const copy = startSigill(['gateway', 'run', copyAt('gateway.yaml')]);
    await eventually('the copy grows past it', async () => {
      if (copy.child.exitCode !== null) throw new Error(copy.said());
      speak(elsewhere, '01.618');
      return (await headOf(copyAt())).size > size;
    });
    await copy.stop();
    const pem = await readFile(copyAt('keys', 'log.pem'));
    const key = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
    signer = createSigner(Uint8Array.from(key));
    cloud = await startCloud();
  }, 120_000);

  /** A head of the copy's history, signed with the key they share. */
  async function headElsewhere(ofSize: number): Promise<string> {
    const { size: whole } = await headOf(copyAt());
    const tile = await readFile(copyAt('data', 'site-log', tilePath(0, 0, whole)));
    const leaves = Array.from({ length: ofSize }, (_, leaf) =>
      Uint8Array.from(tile.subarray(leaf * 32, leaf * 32 + 32)),
    );
    const root = rootAt(ofSize, hashesOf(leaves));
    return signCheckpoint({ origin: ORIGIN, size: ofSize, root }, signer);
  }

  async function bring(url: string, note: string): Promise<number> {
    const body = `old 0\n\n${note}`;
    const headers = { 'content-type': 'text/plain' };
    return (await fetch(`${url}/add-checkpoint`, { method: 'POST', headers, body })).status;
  }

  it('is cosigned by nobody, and proven by two heads of one size at each witness', async () => {
    expect(await sizeAtWitness()).toBe(size);
    expect(await bring(witnessUrl, await headElsewhere(size))).toBe(409);
    expect(await bring(`${site.url}/witness`, await headElsewhere(size))).toBe(409);
    const key = parseNoteKey(witnessKey);
    const kept = await (
      await fetch(`${witnessUrl}/${toHex(originHash(ORIGIN))}/checkpoint`)
    ).text();
    expect(textOf(kept)).not.toBe(textOf(await headElsewhere(size)));
    expect(cosignedAt(kept, key)).not.toBeNull();
    for (const url of [`${witnessUrl}/forks`, `${site.url}/api/v1/forks`]) {
      const file = at('forks.json');
      await writeFile(file, await (await fetch(url)).text());
      const proof = JSON.parse(await done('witness', 'prove-fork', file, '--json'));
      expect(proof.forks).toEqual([{ log: expect.stringContaining(`${ORIGIN}+`), size }]);
      const stranger = type('witness', 'prove-fork', file, '--log', witnessKey);
      expect((await stranger.ended).code).toBe(1);
    }
  }, 60_000);

  it('is proven by its smaller heads too: the cloud shows how the larger log began', async () => {
    expect(await bring(`${site.url}/witness`, await headElsewhere(size - 1))).toBe(409);
    const { forks } = await json('/api/v1/forks');
    const { log } = JSON.parse(forks[0].file);
    expect(forks.map((fork: { size: number }) => fork.size)).toEqual(
      expect.arrayContaining([size - 1, size]),
    );
    const file = at('fork.json');
    const smaller = forks.find((fork: { size: number }) => fork.size === size - 1);
    await writeFile(file, smaller.file);
    expect(await done('witness', 'prove-fork', file, '--log', log)).toContain(
      'Two histories, proven',
    );
    expect(parseNoteKey(log)).toEqual(logKey(ORIGIN, signer.publicKey));
  }, 60_000);

  it('is an alarm for the operator, with what to do, and stays one', async () => {
    const { alarms } = await json('/api/v1/alarms');
    const alarm = alarms.find(({ code }: { code: string }) => code === 'LOG_FORKED');
    expect(alarm.origin).toBe(ORIGIN);
    expect(alarm.detail).toContain('Two boxes run with one key');
    expect(alarm.detail).toContain('sigill gateway new-generation');
    const metrics = await (await fetch(`${site.url}/metrics`)).text();
    expect(metrics).toContain(`sigill_alarms{origin="${ORIGIN}",code="LOG_FORKED"} 1`);
  });

  it('stops by itself where its box reaches the cloud', async () => {
    const original = parseDocument(await readFile(at('gateway.yaml'), 'utf8')).toJS();
    await edit(copyAt('gateway.yaml'), { cloud: original.cloud });
    const copy = startSigill(['gateway', 'run', copyAt('gateway.yaml')]);
    try {
      await eventually('the copy is told', async () => {
        if (copy.said().includes('the site log takes no more entries')) return true;
        throw new Error(copy.said());
      });
    } finally {
      await copy.stop();
      await cloud.stop();
    }
  }, 60_000);
});
