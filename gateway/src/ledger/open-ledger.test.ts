import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  anchorLogAddress,
  findChainProfile,
  type LedgerPolicy,
  parseAddress,
} from '@sigill/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemTimers } from '../timers.ts';
import { createKeystore } from './keystore.ts';
import { settled } from './ledger-contract.ts';
import { anchorKeystorePath, type ConfiguredLedger, openLedger } from './open-ledger.ts';
import { rollRootOf } from './roll-root-fixture.ts';

describe('the configured ledger', () => {
  let directory: string;
  let parts: ConfiguredLedger;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'configured-'));
    const [data, keys] = [join(directory, 'data'), join(directory, 'keys')];
    for (const one of [data, keys]) mkdirSync(one);
    const profile = findChainProfile('development')!;
    const operator = parseAddress(await createKeystore(anchorKeystorePath(keys)));
    const roles = { operator, guardian: operator };
    const contract = anchorLogAddress(parseAddress(profile.factory), roles);
    const policy: LedgerPolicy = {
      profile,
      chainId: profile.chainId!,
      ...roles,
      contract,
      endpoints: [],
    };
    parts = {
      ...{ config: { kind: 'development', port: 0 }, policy, data, keys, intervalMs: 10_000 },
      ...{ timers: systemTimers, random: Math.random, tell: () => {} },
    };
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is a development ledger that anchors, and goes on after a restart', async () => {
    const first = await openLedger(parts);
    await first.anchor(rollRootOf(1), 1);
    await settled(first);
    const proven = first.provenState();
    await first.close();
    const second = await openLedger(parts);
    expect(second.provenState()).toEqual(proven);
    expect((await second.head()).size).toBe(1);
    await second.close();
  });

  it('is refused when the keystore is not the account of the policy', async () => {
    const policy = { ...parts.policy, operator: new Uint8Array(20) };
    await expect(openLedger({ ...parts, policy })).rejects.toMatchObject({
      code: 'LEDGER_NOT_OPERATOR',
    });
  });

  it('is refused when configuration and policy name different contracts', async () => {
    const keystore = anchorKeystorePath(parts.keys);
    const config = {
      kind: 'evm',
      rpc: 'http://127.0.0.1:1',
      contract: `0x${'11'.repeat(20)}`,
      keystore,
    } as const;
    await expect(openLedger({ ...parts, config })).rejects.toMatchObject({
      code: 'LEDGER_NO_CONTRACT',
    });
  });
});
