import { findDriver } from '@sigill/firmware-bridge';

/** A source as a command is given it. */
export interface GivenSource {
  readonly name: string;
  readonly driver: string;
  readonly transport: { readonly serial: string } | { readonly tcp: string };
}

/** NAME=DRIVER:PLACE, where PLACE is a device file or host:port. The sentence that says what is wrong, or the source. */
export function readSourceArgument(written: string): GivenSource | string {
  const [, name = '', driver = '', place = ''] = /^([^=]+)=([^:]+):(.+)$/.exec(written) ?? [];
  const transport = readPlace(place);
  if (transport === null)
    return `--source ${written}: write NAME=DRIVER:/dev/… or NAME=DRIVER:host:port`;
  try {
    findDriver(driver);
  } catch (error) {
    return `--source ${written}: ${(error as Error).message}`;
  }
  return { name, driver, transport };
}

function readPlace(place: string): GivenSource['transport'] | null {
  if (place.startsWith('/')) return { serial: place };
  return /^.+:\d{1,5}$/.test(place) ? { tcp: place } : null;
}
