/** gateway.yaml, `witnesses`: who besides the operator's own shall cosign this log. */
import type { ConfigSection } from '@sigill/edge';
import { EvidenceError, type NoteKey, parseNoteKey } from '@sigill/evidence';

export interface WitnessConfig {
  /** Where it takes checkpoints: `add-checkpoint` is below it. */
  readonly url: URL;
  readonly key: NoteKey;
  /** SHA-256 of its certificate; null: one that an authority vouches for. A cosignature is checked by its key either way. */
  readonly certificate: Uint8Array | null;
}

const LOOPBACK = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/;
const PIN = /^sha256\/[A-Za-z0-9+/]{43}=$/;
// Each is asked at each checkpoint; a policy's quorum is of a few.
const MAX_WITNESSES = 16;

/** @throws EdgeError CONFIG_INVALID */
export function readWitnesses(root: ConfigSection): WitnessConfig[] {
  const sections = root.sections('witnesses', ['url', 'key', 'certificate']);
  if (sections.length > MAX_WITNESSES)
    throw root.invalid('witnesses', `${sections.length} of them`, `${MAX_WITNESSES} at most`);
  const witnesses = sections.map(readWitness);
  for (const [at, { key }] of witnesses.entries())
    if (witnesses.findIndex((one) => one.key.name === key.name) !== at)
      throw root.invalid('witnesses', key.name, 'each witness once');
  return witnesses;
}

function readWitness(section: ConfigSection): WitnessConfig {
  const expected =
    'https://… (http:// only for one on this machine), such as https://witness.example.org';
  const written = section.text('url', /^https?:\/\/./, expected);
  const url = URL.parse(written);
  if (url === null || (url.protocol === 'http:' && !LOOPBACK.test(written)))
    throw section.invalid('url', written, expected);
  const pin = section.isAbsent('certificate')
    ? null
    : section.text('certificate', PIN, 'sha256/ and the 44 base64 characters of its SHA-256');
  return {
    ...{ url, key: readKey(section) },
    certificate:
      pin === null ? null : Uint8Array.from(Buffer.from(pin.slice('sha256/'.length), 'base64')),
  };
}

function readKey(section: ConfigSection): NoteKey {
  const expected = 'the key that sigill witness init printed: name+ID+key';
  const text = section.text('key', /./, expected);
  try {
    const key = parseNoteKey(text);
    if (key.type === 4) return key;
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
  }
  throw section.invalid('key', text, expected);
}
