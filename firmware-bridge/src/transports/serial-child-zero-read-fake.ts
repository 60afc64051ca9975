/**
 * A port holder whose system answers every read with zero bytes, as a hung-up adapter does.
 * @module
 */
import fs from 'node:fs';

type Read = (fd: number, buffer: Uint8Array, ...rest: unknown[]) => void;
const nothing: Read = (_fd, buffer, ...rest) => {
  const done = rest.at(-1) as (error: null, length: number, buffer: Uint8Array) => void;
  setImmediate(done, null, 0, buffer);
};
// promisify gives the library what this symbol holds.
const promised = Object.assign(nothing, {
  [Symbol.for('nodejs.util.promisify.custom')]: async (_fd: number, buffer: Uint8Array) => {
    await new Promise((resolve) => setImmediate(resolve));
    return { bytesRead: 0, buffer };
  },
});
Object.assign(fs, { read: promised });

await import('./serial-child.ts');
