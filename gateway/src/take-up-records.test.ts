import { toHex } from '@sigill/evidence';
import { beforeEach, expect, test } from 'vitest';
import { createFixtureAgent, type FixtureAgent, newSigner } from './agent-fixture.ts';
import { createCrashFileSystem } from './disk/crash-file-system-fake.ts';
import { type FixtureSite, openFixtureSite } from './site-fixture.ts';
import { createTakeUp } from './take-up-records.ts';

const ORIGIN = 'sigill.example/demo/house-17';
let agent: FixtureAgent;
let site: FixtureSite;
let cut: string[];
let sent: number;

beforeEach(async () => {
  agent = createFixtureAgent(ORIGIN);
  site = await openFixtureSite({
    ...{ fileSystem: createCrashFileSystem(), origin: ORIGIN, logSigner: newSigner() },
    agents: [agent.signer],
  });
  cut = [];
  sent = 0;
  site.register.watch(
    createTakeUp({
      ...site,
      cut: (name) => void cut.push(name),
      send: (records) => {
        sent += records.length;
      },
    }),
  );
});

const told = () => site.events.map(({ what }) => what);
const name = () => toHex(agent.id);

test('an agent that was added is told, and nobody is cut', async () => {
  const { agents } = site.register.current().slot.record;
  const added = { key: newSigner().publicKey, state: 'active' as const, succeeds: null };
  const sorted = [...agents, added].sort((one, other) => Buffer.compare(one.key, other.key));
  await site.register.admit(site.register.revise({ agents: sorted }));
  expect(told()).toEqual(['record', 'agent-added']);
  expect([cut, sent]).toEqual([[], 1]);
});

test('an agent that was revoked is cut at once', async () => {
  const { agents } = site.register.current().slot.record;
  const revoked = agents.map((one) => ({ ...one, state: 'revoked' as const }));
  await site.register.admit(site.register.revise({ agents: revoked }));
  expect(told()).toEqual(['record', 'agent-revoked']);
  expect(cut).toEqual([name()]);
  await expect(site.admission.admit(agent.seal().bytes)).rejects.toMatchObject({
    code: 'AGENT_REVOKED',
  });
});

test('an agent that is let in again after two histories comes back to be told where it stands', async () => {
  const clone = agent.clone();
  await site.admission.admit(agent.seal().bytes);
  await site.admission.admit(clone.seal({ closedAt: 1 }).bytes).catch(() => null);
  await site.register.admit(site.register.revise({}));
  expect(told()).toEqual(['BATCH_CONFLICT', 'record', 'agent-let-in']);
  expect(cut).toEqual([name()]);
  await site.register.admit(site.register.revise({}));
  expect(cut).toEqual([name()]);
});

test('a log that was closed takes no more entries, and says where, why and what comes then', async () => {
  await site.register.admit(site.register.close({ cause: 'the card died' }));
  await expect(site.admission.admit(agent.seal().bytes)).rejects.toMatchObject({
    code: 'SITE_LOG_FROZEN',
    message: expect.stringContaining('for ever, at 812 entries (the card died)'),
  });
  expect(told()).toEqual(['record', 'SITE_LOG_FROZEN']);
  expect(site.events.at(-1)?.text).toContain('sigill gateway new-generation');
});

test('a gateway that was taken out is told to begin as another', async () => {
  await site.register.admit(site.register.close({ cause: 'revoked' }));
  expect(site.events.at(-1)?.text).toContain('the operator took this gateway out');
  expect(site.events.at(-1)?.text).not.toContain('new-generation');
});

test('the next log is no revision of this one', async () => {
  const closing = site.register.close();
  await site.register.admit(closing);
  const next = newSigner();
  site.register.logKeys.push(next.publicKey);
  await site.register.admit(site.register.continueFrom(closing, next));
  site.register.advance();
  expect(told()).toEqual(['record', 'SITE_LOG_FROZEN']);
  expect(sent).toBe(1);
});
