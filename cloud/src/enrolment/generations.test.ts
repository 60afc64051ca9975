/** A gateway that asks for its next log, under the key of the last. */
import {
  boxHash,
  type EnrolmentKind,
  type Signer,
  signEnrolmentForward,
  signEnrolmentRequest,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseBox } from '../database/boxes.ts';
import { type GenerationsFixture, openGenerationsFixture } from '../testing/generations-fixture.ts';
import { newSigner } from '../testing/site-fixture.ts';
import { createEnrolment, type Enrolment } from './enrolment.ts';

const NOW = 1_790_000_000_000;

let fixture: GenerationsFixture;
let enrolment: Enrolment;
beforeEach(async () => {
  fixture = await openGenerationsFixture();
  const { database, register, policyText: policy } = fixture.core;
  const parts = { database, register, policy, certificate: null, now: () => NOW };
  enrolment = createEnrolment(parts);
});
afterEach(() => fixture.dispose());

interface Change {
  readonly log?: Signer;
  readonly agent?: Signer;
  readonly by?: Signer;
  readonly kind?: EnrolmentKind;
  readonly nonce?: number;
}

const nextLog = newSigner();
const boxOf = (log = nextLog) =>
  boxHash({ logKey: log.publicKey, agentKey: fixture.site.agent.signer.publicKey });

function ask(change: Change = {}) {
  const { site } = fixture;
  const [log, agent] = [change.log ?? nextLog, change.agent ?? site.agent.signer];
  const said = { kind: change.kind ?? 'generation', name: 'house-17', passwordHash: null } as const;
  const keys = { logKey: log.publicKey, agentKey: agent.publicKey };
  const nonce = new Uint8Array(16).fill(change.nonce ?? 5);
  const rest = { nonce, clientTimeMs: 0, certificate: null };
  const request = signEnrolmentRequest({ ...said, ...keys, ...rest }, agent, log);
  const word = { origin: site.origin, request, address: '', askedAtMs: NOW };
  const forward = signEnrolmentForward(word, change.by ?? site.log);
  return enrolment.forward({ origin: site.origin, request, forward });
}

describe('a gateway that asks for its next log', () => {
  it('waits for the operator, and is approved by the record that goes on', async () => {
    expect(await ask()).toMatchObject({ state: 'waiting' });
    const next = await fixture.goOn(fixture.site);
    expect(await enrolment.forwarded(boxOf())).toMatchObject({
      state: 'refused',
      reason: `${fixture.site.origin} goes on as ${next.origin} already, with another key`,
    });
    expect(await ask({ log: next.log })).toMatchObject({ state: 'approved' });
    expect(await enrolment.forwarded(boxOf(next.log))).toMatchObject({ state: 'approved' });
  });

  it('may ask again when its log is closed, and goes on nowhere yet', async () => {
    await fixture.core.register.admit(fixture.site.revise({ slot: 'closed' }));
    expect(await ask()).toMatchObject({ state: 'waiting' });
  });

  it('reads why it was refused', async () => {
    await ask();
    await fixture.core.database.write((sql) => refuseBox(sql, boxOf(), 'the card was found', NOW));
    const refused = { state: 'refused', reason: 'the card was found' };
    expect(await enrolment.forwarded(boxOf())).toMatchObject(refused);
    expect(await ask()).toMatchObject(refused);
  });

  it('waits again when the technician asks anew', async () => {
    await ask();
    await fixture.core.database.write((sql) => refuseBox(sql, boxOf(), 'not now', NOW));
    expect(await ask({ nonce: 6 })).toMatchObject({ state: 'waiting' });
  });

  it.each<[string, () => Change, string]>([
    ['by the key of another log', () => ({ by: newSigner() }), 'SIGNATURE_INVALID'],
    ['by the key of the next log', () => ({ by: nextLog }), 'SIGNATURE_INVALID'],
    ['by a box that is not in', () => ({ agent: newSigner() }), 'BOX_REVOKED'],
    ['with the key of the last log', () => ({ log: fixture.site.log }), 'KEY_KNOWN'],
    ['as a gateway that is new', () => ({ kind: 'gateway' }), 'REQUEST_FORM'],
  ])('is refused when it is asked %s', async (_, change, code) => {
    await expect(ask(change())).rejects.toMatchObject({ code });
  });

  it('is refused when its own agent was revoked', async () => {
    await ask();
    await fixture.core.register.admit(fixture.site.revise({ agent: 'revoked' }));
    await expect(ask()).rejects.toMatchObject({ code: 'BOX_REVOKED' });
    expect(await enrolment.forwarded(boxOf())).toMatchObject({ state: 'refused' });
  });

  it('is refused for a log that goes on already', async () => {
    await fixture.goOn(fixture.site);
    await expect(ask()).rejects.toMatchObject({ code: 'ORIGIN_CLOSED' });
  });
});
