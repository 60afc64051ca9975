import { request as httpRequest } from 'node:http';
import {
  addAgent,
  boxHash,
  createEnrolmentCode,
  decodeEnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentMac,
  formatEnrolmentCode,
  isEnrolmentMac,
  type Signer,
  signEnrolmentForward,
  signEnrolmentRequest,
  signSlotRecord,
} from '@sigill/evidence';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askToBeLetIn } from '../../web/testing/asking-box.ts';
import { addInvitation } from '../database/invitations.ts';
import { listAlarms } from '../database/quarantine.ts';
import { createCloudFixture } from '../testing/cloud-fixture.ts';
import { type CoreFixture, openCoreFixture } from '../testing/core-fixture.ts';
import { newSigner } from '../testing/site-fixture.ts';
import { createEnrolment, type Enrolment } from './enrolment.ts';

const NOW = 1_790_000_000_000;
const code = createEnrolmentCode(Uint8Array.from({ length: 13 }, (_, index) => 17 * index));
const certificate = new Uint8Array(32).fill(3);

let fixture: CoreFixture;
let enrolment: Enrolment;
beforeEach(async () => {
  fixture = await openCoreFixture();
  const { database, register, policyText: policy } = fixture.core;
  enrolment = createEnrolment({ database, register, policy, certificate, now: () => NOW });
  await database.write((sql) =>
    addInvitation(sql, {
      ...{ id: code.invitation, kind: 'gateway', secret: code.secret, madeFor: null, madeAt: NOW },
      ...{ expiresAt: NOW + 1, wrong: 0, withdrawn: false, usedBy: null },
    }),
  );
});
afterEach(() => fixture.dispose());

const nonce = new Uint8Array(16).fill(5);
const [agent, log] = [newSigner(), newSigner()];
const keys = { logKey: log.publicKey, agentKey: agent.publicKey };

function gatewayAsks(change: Partial<EnrolmentRequest> = {}) {
  const said = { kind: 'gateway', name: 'house-18', passwordHash: null, nonce } as const;
  const request = { ...said, ...keys, clientTimeMs: 0, certificate, ...change };
  const bytes = signEnrolmentRequest(request, agent, log);
  const post = { request: bytes, mac: enrolmentMac(code.secret, bytes) };
  return enrolment.ask(code.invitation, post, '10.0.0.7');
}

function agentRequest(signer: Signer): Uint8Array {
  const said = { kind: 'agent', name: 'barn', logKey: null, agentKey: signer.publicKey } as const;
  const rest = { passwordHash: new Uint8Array(32), nonce, clientTimeMs: 0, certificate: null };
  return signEnrolmentRequest({ ...said, ...rest }, signer, null);
}

describe('a gateway that asks', () => {
  it('is answered under its code, for its own nonce, with our own certificate', async () => {
    const { answer, mac, box } = await gatewayAsks();
    expect(isEnrolmentMac(code.secret, answer, mac)).toBe(true);
    const expected = { box: boxHash(keys), nonce, certificate, timeMs: NOW };
    expect(decodeEnrolmentAnswer(answer)).toMatchObject(expected);
    const polled = await enrolment.poll(box, new Uint8Array(16).fill(6));
    expect(decodeEnrolmentAnswer(polled.answer)).toMatchObject({
      nonce: new Uint8Array(16).fill(6),
      outcome: { state: 'waiting' },
    });
  });

  it('and saw another certificate raises an alarm for the operator', async () => {
    await expect(gatewayAsks({ certificate: new Uint8Array(32) })).rejects.toMatchObject({
      code: 'CERTIFICATE_MISMATCH',
    });
    expect(await fixture.core.database.read(listAlarms)).toMatchObject([
      { code: 'CERTIFICATE_MISMATCH', about: code.invitation },
    ]);
  });

  it('may say any time it likes: people are shown one that there is', async () => {
    await gatewayAsks({ clientTimeMs: -Number.MAX_SAFE_INTEGER });
    const [row] = await fixture.core.database.read((sql) => sql.all('SELECT * FROM boxes'));
    expect(Number.isNaN(new Date(Number(row?.clock_off)).getTime())).toBe(false);
  });

  it('is unknown until it has asked', async () => {
    await expect(enrolment.poll(boxHash(keys), nonce)).rejects.toMatchObject({
      code: 'BOX_UNKNOWN',
    });
  });
});

describe('an agent whose gateway brings its request', () => {
  const barn = newSigner();
  const bring = (change: { origin?: string; by?: Signer; says?: string; signer?: Signer } = {}) => {
    const request = agentRequest(change.signer ?? barn);
    const origin = change.origin ?? fixture.site.origin;
    const says = { origin: change.says ?? origin, request, address: '10.0.0.9', askedAtMs: NOW };
    const forward = signEnrolmentForward(says, change.by ?? fixture.site.log);
    return enrolment.forward({ origin, request, forward });
  };

  it('waits, and is approved by the record that has it', async () => {
    expect(await bring()).toMatchObject({ state: 'waiting' });
    const { register } = fixture.core;
    const last = register.slotOf(fixture.site.origin);
    const record = addAgent(last, barn.publicKey);
    await register.admit(signSlotRecord(record, fixture.site.operator));
    const box = boxHash({ logKey: null, agentKey: barn.publicKey });
    expect(await enrolment.forwarded(box)).toMatchObject({ state: 'approved' });
    expect(await bring()).toMatchObject({ state: 'approved' });
  });

  it('comes on the word of that gateway alone', async () => {
    const invalid = { code: 'SIGNATURE_INVALID' };
    await expect(bring({ by: newSigner() })).rejects.toMatchObject(invalid);
    await expect(bring({ origin: 'example.org/x' })).rejects.toMatchObject({
      code: 'ORIGIN_UNKNOWN',
    });
    await expect(bring({ says: 'example.org/x' })).rejects.toMatchObject({ code: 'REQUEST_FORM' });
  });

  it('does not come to a gateway that is closed, or with a key that has another job', async () => {
    const { register } = fixture.core;
    await expect(bring({ signer: fixture.site.log })).rejects.toMatchObject({ code: 'KEY_KNOWN' });
    await register.admit(fixture.site.revise({ slot: 'closed' }));
    await expect(bring()).rejects.toMatchObject({ code: 'ORIGIN_CLOSED' });
  });

  it('is not polled under a code it never had', async () => {
    await bring();
    const box = boxHash({ logKey: null, agentKey: barn.publicKey });
    await expect(enrolment.poll(box, nonce)).rejects.toMatchObject({ code: 'BOX_UNKNOWN' });
    await expect(enrolment.forwarded(boxHash(keys))).rejects.toMatchObject({ code: 'BOX_UNKNOWN' });
  });
});

describe('behind a proxy on this machine', () => {
  it('a box is told by the address the proxy saw, and a name it made up counts for nothing', async () => {
    const cloud = await createCloudFixture('public: { url: http://cloud.example }\n');
    const { url, core } = await cloud.start();
    await core.database.write((sql) =>
      addInvitation(sql, {
        ...{ id: code.invitation, kind: 'gateway', secret: code.secret, madeFor: null, madeAt: 1 },
        ...{ expiresAt: 1e15, wrong: 0, withdrawn: false, usedBy: null },
      }),
    );
    await askToBeLetIn(url, formatEnrolmentCode(code), 'house-18', {
      'x-forwarded-for': '203.0.113.7',
    });
    const rows = await core.database.read((sql) => sql.all('SELECT address FROM boxes'));
    expect(rows).toMatchObject([{ address: '203.0.113.7' }]);
    const { port } = new URL(url);
    const headers = { host: 'rebound.example', 'x-forwarded-host': 'localhost' };
    const status = await new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port, path: '/health', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
    await cloud.dispose();
  });
});
