/**
 * Where a running process answers the tools of its own box: a socket in its data directory, that
 * only the owner of the directory may open.
 * @module
 */
import { closeSync, openSync } from 'node:fs';

export const CONTROL_SOCKET = 'control.sock';
// sun_path holds 108 bytes with its end (unix(7)).
const MAX_SOCKET_PATH = 107;

export interface ShortPath {
  readonly path: string;
  release(): void;
}

/** The socket's path, shortened through the directory's descriptor where the kernel would refuse it. */
export function controlSocketIn(directory: string): ShortPath {
  const path = `${directory}/${CONTROL_SOCKET}`;
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return { path, release: () => {} };
  const descriptor = openSync(directory, 'r');
  return {
    path: `/proc/self/fd/${descriptor}/${CONTROL_SOCKET}`,
    release: () => closeSync(descriptor),
  };
}
