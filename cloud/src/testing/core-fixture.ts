/** For tests: a cloud's core over a directory that can be closed and opened again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatNoteKey, type Signer } from '@sigill/evidence';
import { type Core, openCore } from '../core.ts';
import { createLedger, type FixtureLedger } from './ledger-fixture.ts';
import { createSite, type FixtureSite, newSigner, START } from './site-fixture.ts';

export const WITNESS_NAME = 'witness.example/one';

export interface CoreFixture {
  readonly directory: string;
  readonly site: FixtureSite;
  readonly ledger: FixtureLedger;
  readonly witness: Signer;
  readonly warnings: string[];
  readonly core: Core;
  /** Closes it and opens it again, as a restart does. */
  restart(): Promise<Core>;
  /** Opens it again after it was closed. */
  reopen(): Promise<Core>;
  dispose(): Promise<void>;
}

export async function openCoreFixture(): Promise<CoreFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'sigill-cloud-'));
  const site = createSite();
  const witness = newSigner();
  const key = formatNoteKey({ name: WITNESS_NAME, type: 4, publicKey: witness.publicKey });
  const ledger = createLedger(site, [`witness one ${key}`, 'quorum one']);
  const warnings: string[] = [];
  let time = START + 3_600_000;

  const open = () =>
    openCore({
      data: directory,
      records: [site.operatorRecord, site.slotRecord()],
      policy: ledger.policy,
      witness: { name: WITNESS_NAME, signer: witness },
      now: () => ++time,
      wait: () => Promise.resolve(),
      era: 'test',
      log: { warn: (_, text) => warnings.push(text) },
    });
  let core = await open();
  return {
    directory,
    site,
    ledger,
    witness,
    warnings,
    get core() {
      return core;
    },
    async restart() {
      await core.close();
      core = await open();
      return core;
    },
    async reopen() {
      core = await open();
      return core;
    },
    async dispose() {
      await core.close();
      await rm(directory, { recursive: true });
    },
  };
}
