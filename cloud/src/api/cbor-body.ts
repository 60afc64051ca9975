/** Bodies of canonical CBOR, read part by part. */
import { CborReader, EvidenceError } from '@sigill/evidence';
import { CloudError } from '../errors.ts';

/** @throws CloudError REQUEST_FORM */
export function readCbor<T>(body: unknown, read: (reader: CborReader) => T): T {
  if (!(body instanceof Uint8Array))
    throw new CloudError('REQUEST_FORM', 'a body of application/cbor is expected');
  try {
    const reader = new CborReader(body);
    const value = read(reader);
    reader.end();
    return value;
  } catch (cause) {
    if (!(cause instanceof EvidenceError) && !(cause instanceof RangeError)) throw cause;
    throw new CloudError('REQUEST_FORM', cause.message, { cause });
  }
}
