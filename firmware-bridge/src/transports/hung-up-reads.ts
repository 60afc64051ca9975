/**
 * A terminal that was hung up, as by pulling an adapter, answers each read with zero bytes. The serialport
 * library then reads again, at once and for ever (bindings-cpp 13); here such a read fails, and it closes the port.
 * @module
 */
import fs from 'node:fs';
import { promisify } from 'node:util';

type Read = (...given: unknown[]) => Promise<{ readonly bytesRead: number }>;

// One may be chance: a driver that wakes its reader with nothing to tell.
const MOST_EMPTY_READS = 3;

/** To be called before the library is loaded: it takes its read function then. */
export function failHungUpReads(): void {
  const read = fs.read;
  const readOnce: Read = promisify(read) as Read;
  let empty = 0;
  const readOrFail: Read = async (...given) => {
    const result = await readOnce(...given);
    empty = result.bytesRead > 0 ? 0 : empty + 1;
    if (empty < MOST_EMPTY_READS) return result;
    // The code by which the library knows that a device is gone.
    throw Object.assign(new Error('it hung up'), { code: 'ENXIO' });
  };
  const wrapped = (...given: Parameters<typeof read>) => read(...given);
  Object.assign(fs, { read: Object.assign(wrapped, { [promisify.custom]: readOrFail }) });
}
