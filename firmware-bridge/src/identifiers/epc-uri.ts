/**
 * EPC URIs:
 *
 *     urn:epc:id:sgtin:0614141.812345.6789              the thing
 *     urn:epc:tag:sgtin-96:3.0614141.812345.6789        what is written on its tag, filter value first
 *     urn:epc:raw:96.x3074257BF7194E4000001A85          the tag's bits
 *
 * Spec: EPC Tag Data Standard 1.13 §6.3, §12.
 * @module
 */
import {
  decodeEpc,
  type Epc,
  type EpcScheme,
  isEpcScheme,
  maxFilter,
  typeOfScheme,
} from './epc-binary.ts';
import { checkedIdentity, type EpcIdentity, isEpcType, partCount } from './epc-identity.ts';
import { IdentifierError, shown } from './errors.ts';
import { escapeUri, unescapeUri } from './gs1.ts';

const PURE = /^urn:epc:id:([a-z]+):(.*)$/i;
const TAG = /^urn:epc:tag:([a-z0-9-]+):(.*)$/i;
const RAW = /^urn:epc:raw:(\d{1,3})\.x([0-9a-f]+)$/i;

export function formatPureIdentity({ type, parts }: EpcIdentity): string {
  return `urn:epc:id:${type}:${parts.map(escapeUri).join('.')}`;
}

export function formatTagUri({ scheme, filter, parts }: Epc): string {
  const all = filter === null ? parts : [String(filter), ...parts];
  return `urn:epc:tag:${scheme}:${all.map(escapeUri).join('.')}`;
}

/** @throws IdentifierError */
export function parsePureIdentity(uri: string): EpcIdentity {
  const [, name = '', body] = PURE.exec(uri) ?? [];
  if (body === undefined) throw unknown(`${shown(uri)} is no urn:epc:id:`);
  const type = name.toLowerCase();
  if (!isEpcType(type)) throw unknown(`urn:epc:id:${type} is no type of EPC known here`);
  return checkedIdentity(type, split(body, partCount(type)));
}

/** @throws IdentifierError */
export function parseTagUri(uri: string): Epc {
  const raw = RAW.exec(uri);
  if (raw !== null) return fromRaw(raw[1] ?? '', raw[2] ?? '');
  const [, name = '', body] = TAG.exec(uri) ?? [];
  if (body === undefined) throw unknown(`${shown(uri)} is no urn:epc:tag:`);
  const scheme = name.toLowerCase();
  if (!isEpcScheme(scheme)) throw unknown(`urn:epc:tag:${scheme} is no scheme known here`);
  const type = typeOfScheme(scheme);
  const hasFilter = maxFilter(scheme) !== null;
  const parts = split(body, partCount(type) + (hasFilter ? 1 : 0));
  const filter = hasFilter ? filterOf(scheme, parts.shift()) : null;
  return { ...checkedIdentity(type, parts), scheme, filter };
}

function filterOf(scheme: EpcScheme, text = ''): number {
  const most = maxFilter(scheme) as number;
  if (/^(?:0|[1-9]\d?)$/.test(text) && Number(text) <= most) return Number(text);
  throw new IdentifierError(
    'IDENTIFIER_RANGE',
    `the filter value of ${scheme} is 0 to ${most}, not ${shown(text)}`,
  );
}

/** At the first dots: those behind belong to the serial, which may have some. */
function split(body: string, count: number): string[] {
  const parts = body.split('.');
  const last = parts.length < count ? [] : [parts.slice(count - 1).join('.')];
  return [...parts.slice(0, count - 1), ...last].map(unescapeUri);
}

function fromRaw(bits: string, hex: string): Epc {
  if (hex.length * 4 - Number(bits) >= 16 || hex.length * 4 < Number(bits))
    throw new IdentifierError(
      'IDENTIFIER_RANGE',
      `${bits} bits have ${Math.ceil(Number(bits) / 4)} hexadecimal digits, not ${hex.length}`,
    );
  return decodeEpc(hex);
}

function unknown(message: string): IdentifierError {
  return new IdentifierError('IDENTIFIER_UNKNOWN', message);
}
