import { readFileSync } from 'node:fs';
import { GatewayError } from './errors.ts';

/** A file that the configuration names. @throws GatewayError FILE_MISSING */
export function readGiven(path: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    throw new GatewayError(
      'FILE_MISSING',
      `${path} cannot be read (${(cause as NodeJS.ErrnoException).code}); sigill gateway init makes it`,
      { cause },
    );
  }
}

/** @throws GatewayError FILE_MISSING */
export function readGivenText(path: string): string {
  return new TextDecoder().decode(readGiven(path));
}
