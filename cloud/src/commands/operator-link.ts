/** `sigill cloud operator-link` */
import { toBase64 } from '@sigill/evidence';
import { readCertificatePin } from '../certificate.ts';
import type { Command, CommandIo } from '../command.ts';
import { readCloudConfig } from '../config-file.ts';
import { readAddress } from '../operator/address.ts';
import { makeLink } from '../operator/links.ts';
import { asCommand, onlyFile, readArguments } from './arguments.ts';

const help = `
Usage: npx sigill cloud operator-link FILE [--json]

Makes a link to the operator’s page of the running cloud that FILE (cloud.yaml) describes: who waits,
who is in, which codes are out. It opens once, within ten minutes, for half an hour of work. Only who
owns the cloud’s data directory can make one.

  --json    one JSON object instead

Exit: 0 made, 2 usage, 3 the cloud has not run here.
`;

export const cloudOperatorLink: Command = asCommand(
  'cloud operator-link',
  'open the operator’s page, once',
  help,
  link,
);

async function link(args: readonly string[], io: CommandIo): Promise<void> {
  const { values, positionals } = readArguments(args, { json: { type: 'boolean' } });
  const config = await readCloudConfig(onlyFile(positionals));
  const base = config.public?.url ?? (await readAddress(config.data));
  const token = await makeLink(config.data, Date.now());
  const pin = await readCertificatePin(config);
  const certificate = pin && `sha256/${toBase64(pin)}`;
  const page = `${base}/operator#${token}`;
  if (values.json === true) {
    io.stdout.write(`${JSON.stringify({ link: page, cloud: base, certificate })}\n`);
    return;
  }
  const pinned = certificate === null ? '' : ` --certificate ${certificate}`;
  io.stdout.write(`${page}

Opens once, within ten minutes. To sign on another machine, where the operator’s key is, use it there instead:

  npx sigill cloud approve --cloud ${base}${pinned} --link ${token} --key operator.pem
`);
}
