/**
 * Takes secrets out of text that leaves the box: what looks like one, and what is known to be one.
 * @module
 */

export interface Scanned {
  readonly text: string;
  readonly removed: number;
}

const REMOVED = '[removed]';

// Each names what it leaves standing, so that the rest can still be read. Every repeat is bounded: a log is long.
const PATTERNS: readonly { readonly pattern: RegExp; readonly into: string }[] = [
  {
    pattern:
      /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]{0,8192}?(-----END [A-Z ]{0,20}PRIVATE KEY-----|$)/g,
    into: REMOVED,
  },
  // key: value, key=value and "key":"value" of anything that is called a secret
  {
    pattern:
      /((?:password|passwd|passphrase|secret|token|credential|psk|api[_-]?key|private[_-]?key|mnemonic)[\w-]{0,30}["']?\s*[:=]\s*["']?)(?!\[removed\])[^\s"',}]{3,512}/gi,
    into: `$1${REMOVED}`,
  },
  // user:password@host
  { pattern: /(\b[a-z]{2,10}:\/\/[^\s/:@]{1,128}:)[^\s/@]{1,256}(@)/g, into: `$1${REMOVED}$2` },
  { pattern: /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g, into: REMOVED },
  { pattern: /(\bBearer\s+)[\w.~+/-]{8,}=*/gi, into: `$1${REMOVED}` },
  { pattern: /\$(scrypt|argon2\w*|2[aby]|5|6|y)\$[^\s"':]{16,}/g, into: REMOVED },
  // a one-time operator link, an invitation code
  { pattern: /(\/operator#)[\w-]{8,}/g, into: `$1${REMOVED}` },
  { pattern: /\b(?:[0-9A-HJKMNP-TV-Z]{4}-){4,5}[0-9A-HJKMNP-TV-Z]{4,5}\b/g, into: REMOVED },
];

/** @param known secrets of this box, as they stand in its files; those under 12 characters are left, they would match by chance */
export function scanSecrets(text: string, known: readonly string[]): Scanned {
  let removed = 0;
  let scanned = text;
  for (const secret of known) {
    if (secret.length < 12) continue;
    const parts = scanned.split(secret);
    removed += parts.length - 1;
    scanned = parts.join(REMOVED);
  }
  for (const { pattern, into } of PATTERNS) {
    scanned = scanned.replace(pattern, (...found) => {
      removed += 1;
      return into.replace(/\$(\d)/g, (_, group: string) => String(found[Number(group)] ?? ''));
    });
  }
  return { text: scanned, removed };
}

/** What of a key file must never be seen again: each line, and the key in its other spellings. */
export function needlesOf(content: Uint8Array): string[] {
  const text = Buffer.from(content).toString('latin1');
  const lines = text.split(/\s+/).filter((line) => line.length >= 12 && !line.startsWith('-----'));
  const body = lines.join('');
  const raw = /^[A-Za-z0-9+/=]+$/.test(body) ? Buffer.from(body, 'base64') : Buffer.from(content);
  // The secret part of a PKCS8 Ed25519 or P-256 key is 32 bytes at its end or middle: its tail is telling enough.
  const tail = raw.subarray(-32);
  return [...lines, tail.toString('hex'), tail.toString('base64'), tail.toString('base64url')];
}
