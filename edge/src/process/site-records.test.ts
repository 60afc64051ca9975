import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentId } from '@sigill/evidence';
import { afterEach, beforeEach, expect, it } from 'vitest';
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

  expect(records.logKey).toEqual(logKey);
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
  expect(records.take([site.operatorRecord, second])).toBe(true);
  expect(records.stateOf(id)).toBe('revoked');
  expect(records.take([first, second])).toBe(false);
  expect(Uint8Array.from(readFileSync(join(directory, 'gateway.record')))).toEqual(second);
  expect(openSiteRecords(directory, STANDING).stateOf(id)).toBe('revoked');
});
