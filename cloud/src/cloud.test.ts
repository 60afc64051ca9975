import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CloudFixture, createCloudFixture, postBatches } from './testing/cloud-fixture.ts';
import { createSite } from './testing/site-fixture.ts';
import { writeCertificate } from './testing/tls-fixture.ts';

let fixture: CloudFixture;
beforeEach(async () => {
  fixture = await createCloudFixture();
});
afterEach(() => fixture.dispose());

async function reconfigure(change: (text: string) => string): Promise<void> {
  await writeFile(fixture.configFile, change(await readFile(fixture.configFile, 'utf8')));
}

describe('a cloud', () => {
  it('answers at the port it was given, and is found as it was after a restart', async () => {
    const { site } = fixture;
    const first = await fixture.start();
    const batch = site.agent.seal([{}]);
    await postBatches(first.url, site.origin, 0, [batch]);
    const second = await fixture.start();
    const status = await (await fetch(`${second.url}/api/v1/status`)).json();
    expect(status).toMatchObject({ origins: [{ sealed: 1 }] });
    await expect(fetch(`${first.url}/health`)).rejects.toThrow();
  });

  it('rebuilds its readings from the archive when their file is gone', async () => {
    const { site } = fixture;
    const { url } = await fixture.start();
    const batches = Array.from({ length: 70 }, () => site.agent.seal([{}, {}]));
    await postBatches(url, site.origin, 0, batches);
    await fixture.stop();
    await rm(join(fixture.directory, 'data/readings.duckdb'));
    const { core } = await fixture.start();
    await core.idle();
    expect(await core.store.readings({ limit: 1000 })).toHaveLength(140);
    expect((await core.store.streams())[0]?.latest.seq).toBe(139);
  });

  it('takes records as base64 on one line too', async () => {
    const path = join(fixture.directory, 'slot-1.record');
    const record = await readFile(path);
    await writeFile(path, `${record.toString('base64')}\n`);
    const { core } = await fixture.start();
    expect(core.register.slotOf(fixture.site.origin).record.slot).toBe(1);
  });

  it('refuses records of another operator than its policy names', async () => {
    await writeFile(join(fixture.directory, 'operator.record'), createSite().operatorRecord);
    await expect(fixture.start()).rejects.toMatchObject({ code: 'RECORD_CHAIN' });
  });

  it('without a witness key is no witness', async () => {
    await reconfigure((text) => text.replace(/^witness:.*$/m, ''));
    const { url } = await fixture.start();
    const answer = await fetch(`${url}/witness/add-checkpoint`, { method: 'POST', body: 'x' });
    expect(answer.status).toBe(404);
  });
});

describe('TLS', () => {
  let certificate: string;
  beforeEach(async () => {
    ({ certificate } = await writeCertificate(fixture.directory));
    await reconfigure((text) =>
      text.replace('port: 0', 'port: 0, tls: { key: tls.pem, certificate: certificate.pem }'),
    );
  });

  it('is spoken with the files given', async () => {
    const { url } = await fixture.start();
    expect(url).toMatch(/^https:/);
    const answer = await new Promise<{ status: number; hsts: unknown }>((resolve, reject) =>
      request(`${url}/health`, { ca: certificate }, (response) => {
        response.resume();
        const hsts = response.headers['strict-transport-security'];
        resolve({ status: Number(response.statusCode), hsts });
      })
        .on('error', reject)
        .end(),
    );
    expect(answer).toEqual({ status: 200, hsts: expect.stringContaining('max-age') });
  });

  it('is refused with a key that others on the machine can read', async () => {
    await chmod(join(fixture.directory, 'tls.pem'), 0o644);
    await expect(fixture.start()).rejects.toMatchObject({ code: 'KEY_FILE_EXPOSED' });
  });
});
