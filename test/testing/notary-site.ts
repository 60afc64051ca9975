/**
 * Gateways let in to a cloud whose notary anchors them.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPolicy, parsePolicy } from '@sigill/evidence';
import { parseDocument } from 'yaml';
import { done, type } from './commands-fixture.ts';
import { shown } from './enrolling-cloud.ts';
import { eventually } from './waiting.ts';

export interface LetInParts {
  readonly url: string;
  readonly name: string;
  readonly folder: string;
  readonly cloudFile: string;
  readonly source: string;
}

/** A box with keys of its own, let in by the operator. It has no ledger. */
export async function letInGateway({ url, name, folder, cloudFile, source }: LetInParts) {
  await done('gateway', 'init', folder, '--name', name, '--source', source);
  const { code } = JSON.parse(await done('cloud', 'invite', cloudFile, '--json'));
  const enroll = type('gateway', 'enroll', url, code, folder);
  const [fingerprint = ''] = await shown(enroll);
  await eventually('the operator sees who waits', async () =>
    (await done('cloud', 'approve', cloudFile, '--json')).includes(fingerprint),
  );
  await done('cloud', 'approve', cloudFile, ...fingerprint.split(' '));
  const ended = await enroll.ended;
  if (ended.code !== 0) throw new Error(ended.err);
}

/** Another run of these tests may have the usual port. */
export async function useLedgerPort(cloud: string, port: number): Promise<void> {
  const rpc = `http://127.0.0.1:${port}`;
  await editYaml(join(cloud, 'cloud.yaml'), [[['ledger', 'rpc'], rpc]]);
  const file = join(cloud, 'policy.json');
  const policy = parsePolicy((await readFile(file, 'utf8')).trimEnd());
  if (policy.ledger === null) throw new Error('a development ledger was asked for');
  const ledger = { ...policy.ledger, endpoints: [rpc] };
  await writeFile(file, formatPolicy({ ...policy, ledger }));
}

export async function editYaml(
  file: string,
  changes: readonly (readonly [readonly string[], unknown])[],
): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  for (const [path, value] of changes) document.setIn(path, document.createNode(value));
  await writeFile(file, document.toString());
}
