import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentId, readOperatorRecord, signOperatorRecord } from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSite, newKey } from './site-fixture.ts';
import { openSiteRecords } from './site-records.ts';

const ORIGIN = 'sigill.example/test/site';
const STANDING = {
  origin: ORIGIN,
  gateway: { url: 'mqtts://gateway.example', certificate: null },
};
const logKey = newKey().publicKey;
const agent = newKey().publicKey;
const id = agentId(agent);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sigill-records-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('gives the log key that the policy’s operator signed', () => {
  const site = createSite(ORIGIN, logKey);
  site.write(directory, site.record([{ key: agent, state: 'active' }]));
  const records = openSiteRecords(directory, STANDING);

  expect(records.siteLog).toEqual({ origin: ORIGIN, publicKey: logKey });
  expect(records.stateOf(id)).toBe('active');
  expect(records.stateOf(new Uint8Array(16))).toBe('unknown');
});

it('refuses a record that another operator signed, and one of another site', () => {
  const site = createSite(ORIGIN, logKey);
  site.write(directory, site.record([], newKey()));
  expect(() => openSiteRecords(directory, STANDING)).toThrow(/do not hold/);

  const elsewhere = createSite('sigill.example/test/elsewhere', logKey);
  elsewhere.write(directory, elsewhere.record([]));
  expect(() => openSiteRecords(directory, STANDING)).toThrow(/agent.yaml says sigill.example/);
});

it('says how to come by what is missing', () => {
  expect(() => openSiteRecords(directory, STANDING)).toThrow(
    expect.objectContaining({
      code: 'NOT_ENROLLED',
      message: expect.stringContaining('sigill agent enroll URL CODE'),
    }),
  );
});

it('takes newer records that hold, keeps them, and takes nothing older or foreign', () => {
  const site = createSite(ORIGIN, logKey);
  const first = site.record([{ key: agent, state: 'active' }]);
  const second = site.record([{ key: agent, state: 'revoked' }]);
  site.write(directory, first);
  const records = openSiteRecords(directory, STANDING);

  expect(() => records.take([createSite(ORIGIN, logKey).record([])])).toThrow(/do not hold/);
  expect(records.take([site.operatorRecord, second])).toBe('newer records');
  expect(records.stateOf(id)).toBe('revoked');
  expect(records.take([first, second])).toBe('nothing');
  expect(Uint8Array.from(readFileSync(join(directory, 'gateway.record')))).toEqual(second);
  expect(openSiteRecords(directory, STANDING).stateOf(id)).toBe('revoked');
});

it('keeps no operator’s record that its own does not name', () => {
  const site = createSite(ORIGIN, logKey);
  site.write(directory, site.record([]));
  const records = openSiteRecords(directory, STANDING);
  const key = newKey();
  const forged = signOperatorRecord(
    {
      ...{ rev: 1, previous: readOperatorRecord(site.operatorRecord).hash, witnesses: [] },
      ...{ key: key.publicKey, nextKeyHash: new Uint8Array(32), successor: null },
    },
    key,
  );

  expect(() => records.take([forged])).toThrow(/do not hold/);
  expect(readdirSync(directory)).not.toContain('operator-1.record');
  expect(records.take([])).toBe('nothing');
});

describe('a log that was closed and goes on in the next', () => {
  const nextKey = newKey().publicKey;
  const thirdKey = newKey().publicKey;
  let site: ReturnType<typeof createSite>;
  let first: Uint8Array;
  beforeEach(() => {
    site = createSite(ORIGIN, logKey);
    first = site.record([{ key: agent, state: 'active' }]);
    site.write(directory, first);
  });

  it('is followed, and what closed it stays for people', () => {
    const [closing, next] = site.nextLog(nextKey);
    const records = openSiteRecords(directory, STANDING);
    expect(records.take([site.operatorRecord, closing, next])).toBe('next log');
    expect(records.take([site.operatorRecord, closing, next])).toBe('nothing');

    for (const found of [records, openSiteRecords(directory, STANDING)]) {
      expect(found.siteLog).toEqual({ origin: `${ORIGIN}/2`, publicKey: nextKey });
      expect(found.earlier).toEqual([ORIGIN]);
      expect(found.stateOf(id)).toBe('active');
    }
    expect(fileOf('gateway-1.record')).toEqual(closing);
  });

  it('is followed over several at once, in any order, as far as the newest revision', () => {
    const [closing, second] = site.nextLog(nextKey);
    const [closingSecond, third] = site.nextLog(thirdKey);
    const revised = site.record([{ key: agent, state: 'revoked' }]);
    const records = openSiteRecords(directory, STANDING);
    expect(records.take([revised, third, closingSecond, second, closing, first])).toBe('next log');

    expect(records.siteLog).toEqual({ origin: `${ORIGIN}/3`, publicKey: thirdKey });
    expect(records.earlier).toEqual([`${ORIGIN}/2`, ORIGIN]);
    expect(records.stateOf(id)).toBe('revoked');
    expect(fileOf('gateway-2.record')).toEqual(closingSecond);
  });

  it('is followed when its records come one after the other', () => {
    const [closing, next] = site.nextLog(nextKey);
    const records = openSiteRecords(directory, STANDING);
    expect(records.take([next])).toBe('nothing');
    expect(records.take([closing])).toBe('newer records');
    expect(records.siteLog.origin).toBe(ORIGIN);
    expect(records.take([next])).toBe('next log');
    expect(records.siteLog.origin).toBe(`${ORIGIN}/2`);
    expect(fileOf('gateway-1.record')).toEqual(closing);
  });

  it('is followed to nothing that does not continue it, and to nothing that its operator did not sign', () => {
    const [closing, next] = site.nextLog(nextKey);
    const other = createSite(ORIGIN, logKey);
    Object.assign(other, { operator: site.operator });
    other.record([], site.operator);
    const [, stranger] = other.nextLog(thirdKey, site.operator);
    const records = openSiteRecords(directory, STANDING);

    expect(records.take([closing, stranger])).toBe('newer records');
    expect(records.siteLog.origin).toBe(ORIGIN);
    const forged = createSite(ORIGIN, logKey);
    forged.record([]);
    expect(() => records.take([...forged.nextLog(thirdKey), next])).toThrow(/do not hold/);
    expect(openSiteRecords(directory, STANDING).siteLog.origin).toBe(ORIGIN);
  });

  it('leaves a box that opens, wherever the power goes, and that goes on when they come again', () => {
    const [closing, next] = site.nextLog(nextKey);
    const sent = [site.operatorRecord, closing, next];
    openSiteRecords(directory, STANDING).take(sent);
    const written = ['gateway-1.record', 'gateway.record'];
    const after = new Map(written.map((name) => [name, fileOf(name)]));
    for (let whole = 0; whole <= written.length; whole++) {
      const crashed = join(directory, `crash-${whole}`);
      site.write(crashed, first);
      for (const name of written.slice(0, whole))
        writeFileSync(join(crashed, name), after.get(name)!);
      // A draft that was cut short beside it.
      writeFileSync(join(crashed, 'gateway.record.new'), next.subarray(0, 9));
      const records = openSiteRecords(crashed, STANDING);
      expect(records.siteLog.origin).toBe(whole < written.length ? ORIGIN : `${ORIGIN}/2`);
      records.take(sent);
      expect(openSiteRecords(crashed, STANDING).siteLog.origin).toBe(`${ORIGIN}/2`);
    }
  });
});

it('a number at the end of an origin makes no next log of it', () => {
  const other = createSite(`${ORIGIN}/2`, logKey);
  other.write(directory, other.record([]));
  expect(() => openSiteRecords(directory, STANDING)).toThrow(/agent.yaml says/);
});

function fileOf(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(directory, name)));
}
