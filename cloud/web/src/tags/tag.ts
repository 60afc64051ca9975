/** What a tag is, from what its reader said: an animal, a loaded pallet, a case, or a tag that says nothing more. Pure. */
import {
  decodeEpc,
  formatElementString,
  formatPureIdentity,
  toGs1Key,
} from '@sigill/firmware-bridge/identifiers';
import type { ReadingField } from '../api/model.ts';

export type TagLook = 'animal' | 'load' | 'case' | 'thing';

export interface Tag {
  /** As sealed. */
  readonly id: string;
  readonly look: TagLook;
  /** For people: grouped as it stands on ear tags, or the key as it stands on labels. */
  readonly text: string;
  readonly antenna: string | null;
  /** Of an animal's tag: the three digits that say who gave out the number. */
  readonly issuer: TagIssuer | null;
}

export interface TagIssuer {
  readonly kind: 'country' | 'maker' | 'test';
  readonly code: string;
}

interface HasFields {
  readonly fields: readonly ReadingField[];
}

/** Null for a reading that tells of no tag. */
export function tagOf({ fields }: HasFields): Tag | null {
  const text = (name: string) => fields.find((field) => field.name === name)?.value ?? null;
  const id = text('tag.id');
  if (id === null) return null;
  const antenna = text('tag.antenna') ?? text('other.iso11784.antenna');
  if (/^\d{15}$/.test(id)) {
    const code = id.slice(0, 3);
    const kind = code === TEST_CODE ? 'test' : code >= FIRST_MAKER ? 'maker' : 'country';
    return { id, antenna, look: 'animal', text: grouped(id), issuer: { kind, code } };
  }
  const words = text('tag.pit') === null ? epcWords(id) : ({ look: 'animal', text: id } as const);
  return { id, antenna, issuer: null, ...words };
}

// ISO 11784: codes from 900 on are makers', 999 is for tests.
const FIRST_MAKER = '900';
const TEST_CODE = '999';
// EPC Tag Data Standard: the filter of a pallet or another unit load.
const UNIT_LOAD = 6;

const grouped = (digits: string): string => digits.replace(/\d{3}(?=\d)/g, '$& ');

interface EpcWords {
  readonly look: TagLook;
  readonly text: string;
}

/** A tag may carry anything: what is no EPC is shown as it came. */
function epcWords(id: string): EpcWords {
  try {
    const epc = decodeEpc(id);
    const isLoad = epc.type === 'sscc' || epc.filter === UNIT_LOAD;
    const look = isLoad ? 'load' : epc.type === 'sgtin' ? 'case' : 'thing';
    const key = toGs1Key(epc);
    return { look, text: key === null ? formatPureIdentity(epc) : formatElementString(key) };
  } catch {
    return { look: 'thing', text: id };
  }
}
