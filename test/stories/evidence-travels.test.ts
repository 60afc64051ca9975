/**
 * An auditor is given one file. Everything that made it is off, the network too; the verdict still
 * says what is proven, and under somebody else's policy it does not.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  anchorLogAddress,
  CLAIMS,
  type Claim,
  formatPolicy,
  parseAddress,
  parsePolicy,
} from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { p1Telegram, p1Time } from '../testing/p1-telegram.ts';
import { runSigill } from '../testing/sigill-process.ts';
import { makeSite, type Site } from '../testing/site-fixture.ts';
import { eventually } from '../testing/waiting.ts';

const METER = '4530303331303033303031363939353135';

interface Told {
  readonly agent: string;
  readonly seq: number;
  readonly kind: string;
  readonly state: string;
  readonly fields: readonly { name: string; value: string }[];
}

async function readings(site: Site): Promise<readonly Told[]> {
  const answer = await fetch(
    `${site.url}/api/v1/readings?source=house-17&device=${METER}&limit=50`,
  );
  return ((await answer.json()) as { readings: Told[] }).readings;
}

describe('the evidence file of one reading, copied away', () => {
  let site: Site;
  let away: string;
  let file: string;
  let policy: string;

  beforeAll(async () => {
    site = await makeSite({ ledger: 'development', source: 'house-17' });
    away = await mkdtemp(join(tmpdir(), 'sigill-away-'));
    await site.start();
    await eventually('the gateway opens the port and the value arrives', async () => {
      site.meter.write(p1Telegram({ meter: METER, kilowatts: '01.234', time: p1Time(Date.now()) }));
      return (await readings(site)).length > 0;
    });
    const final = await eventually(
      'a final reading',
      async () =>
        (await readings(site)).find(({ kind, state }) => kind === 'meter' && state === 'final'),
      90_000,
    );
    file = join(away, 'reading.sigill');
    const made = await runSigill([
      'prove',
      `${final.agent}/${final.seq}`,
      '--cloud',
      site.url,
      '-o',
      file,
    ]);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    policy = join(away, 'policy.json');
    await writeFile(policy, await readFile(site.policyFile));
    await site.stop();
  }, 180_000);

  afterAll(async () => {
    await site?.remove();
    await rm(away, { recursive: true, force: true });
  });

  async function verify(...args: readonly string[]) {
    const { code, stdout, stderr } = await runSigill(['verify', '--json', ...args, file]);
    expect(stdout, stderr).toMatch(/^\{/);
    const { claims } = JSON.parse(stdout) as { claims: Claim[] };
    return {
      code,
      holds: Object.fromEntries(claims.map(({ claim, holds }) => [claim, holds])),
      claims,
    };
  }

  const allButBlock = Object.fromEntries(
    CLAIMS.map((claim) => [claim, claim === 'block' ? 'not checked' : 'yes']),
  );

  it('holds in every claim but the block header, which is named', async () => {
    const { code, holds, claims } = await verify('--policy', policy, '--offline');
    expect(holds).toEqual(allButBlock);
    expect(claims.find(({ claim }) => claim === 'block')?.detail).toMatch(
      /block \d+, 0x[0-9a-f]{64}/,
    );
    expect(code).toBe(1);
    expect((await verify('--policy', policy, '--offline', '--waive', 'block')).code).toBe(0);
  });

  it('holds in every claim once the block’s hash is given from elsewhere', async () => {
    const { claims } = await verify('--policy', policy, '--offline');
    const hash = /0x[0-9a-f]{64}/.exec(claims.find(({ claim }) => claim === 'block')!.detail)![0];
    expect((await verify('--policy', policy, '--offline', '--block', hash)).code).toBe(0);
    const other = `0x${'0'.repeat(64)}`;
    expect((await verify('--policy', policy, '--offline', '--block', other)).holds.block).toBe(
      'no',
    );
  });

  it('asks the ledger named in the policy, and says so when it is gone', async () => {
    const { stderr, stdout } = await runSigill(['verify', '--policy', policy, file]);
    expect(stderr).toMatch(/no block header from http:\/\/127\.0\.0\.1:\d+/);
    expect(stdout).toMatch(/11 of 12 claims hold; not checked: block/);
  });

  it('does not hold for another contract', async () => {
    const own = parsePolicy(await readFile(policy, 'utf8'));
    const ledger = own.ledger!;
    const guardian = new Uint8Array(20).fill(7);
    const contract = anchorLogAddress(parseAddress(ledger.profile.factory), {
      ...ledger,
      guardian,
    });
    const other = join(away, 'other-contract.json');
    await writeFile(other, formatPolicy({ ...own, ledger: { ...ledger, guardian, contract } }));
    const { code, holds } = await verify('--policy', other, '--offline', '--waive', 'block');
    expect(code).toBe(1);
    expect(holds.anchored).toBe('no');
  });

  it('does not hold for another operator', async () => {
    const own = parsePolicy(await readFile(policy, 'utf8'));
    const other = join(away, 'other-operator.json');
    await writeFile(other, formatPolicy({ ...own, operator: new Uint8Array(32).fill(7) }));
    const { code, holds } = await verify('--policy', other, '--offline', '--waive', 'block');
    expect(code).toBe(1);
    expect(holds.registered).toBe('no');
  });

  it('proves little without a policy, and says why', async () => {
    const { code, holds } = await verify('--offline');
    expect(code).toBe(1);
    expect(holds).toMatchObject({
      sealed: 'yes',
      registered: 'not checked',
      anchored: 'not checked',
    });
  });
});

describe('a site without a ledger', () => {
  let site: Site;

  beforeAll(async () => {
    site = await makeSite({ ledger: 'none', source: 'house-17' });
    await site.start();
  }, 60_000);

  afterAll(async () => site?.remove());

  it('gives evidence whose verdict says "not anchored" and names what holds', async () => {
    const seen = await eventually('a witnessed reading', async () => {
      site.meter.write(p1Telegram({ meter: METER, kilowatts: '00.500', time: p1Time(Date.now()) }));
      return (await readings(site)).find(({ state }) => state === 'witnessed');
    });
    const file = join(site.directory, 'reading.sigill');
    const made = await runSigill([
      'prove',
      `${seen.agent}/${seen.seq}`,
      '--cloud',
      site.url,
      '-o',
      file,
    ]);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    const { code, stdout } = await runSigill(['verify', '--policy', site.policyFile, file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/not anchored/);
    const { claims } = JSON.parse(
      (await runSigill(['verify', '--policy', site.policyFile, '--json', file])).stdout,
    );
    const holding = claims
      .filter(({ holds }: Claim) => holds === 'yes')
      .map(({ claim }: Claim) => claim);
    expect(holding).toEqual(['sealed', 'registered', 'logged', 'witnessed', 'decoded']);
    expect(claims.filter(({ holds }: Claim) => holds === 'no')).toEqual([]);
  });
});
