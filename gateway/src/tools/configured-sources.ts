/**
 * The sources of the configuration beside a tool: of a gateway, or of an agent on a box of its own.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { createConfigSection, readSources, type SourceConfig } from '@sigill/edge';
import { parseDocument } from 'yaml';
import { GatewayError } from '../errors.ts';

const USUAL_FILES = ['gateway.yaml', 'agent.yaml'];

/**
 * @param file null: the usual ones in this directory; none there is no fault
 * @throws GatewayError FILE_MISSING, CONFIG_SYNTAX, EdgeError CONFIG_INVALID
 */
export async function configuredSources(file: string | null): Promise<readonly SourceConfig[]> {
  const path = file ?? USUAL_FILES.find((name) => existsSync(name));
  if (path === undefined) return [];
  if (!existsSync(path)) {
    throw new GatewayError('FILE_MISSING', `${path}: there is no such configuration file`);
  }
  const document = parseDocument(readFileSync(path, 'utf8'), { prettyErrors: true });
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw new GatewayError('CONFIG_SYNTAX', `${path}: ${problem.message}`);
  }
  return readSources(createConfigSection(path, '', document.toJS({ maxAliasCount: 0 }), null));
}
