/**
 * What one line or frame of a reader says, before it is an observation.
 * @module
 */
import { DecodeError } from '../../errors.ts';
import {
  IdentifierError,
  parseTransponder,
  type Transponder,
  type TransponderNotation,
} from '../../identifiers/index.ts';

export interface TagRecord {
  readonly what: 'tag';
  /** What kind of line it was: LA, TAG; null for a line that is the tag's code alone. */
  readonly code: string | null;
  /** A tag outside ISO 11784 is kept as the text that was sent. */
  readonly tag: Transponder | string;
  readonly reader: string;
  readonly antenna: string | null;
  readonly time: string | null;
  readonly extras: readonly Extra[];
}

export interface StatusRecord {
  readonly what: 'status';
  readonly code: string;
  readonly reader: string;
  readonly antenna: string | null;
  readonly time: string;
  readonly text: string;
}

/** Whatever else a line says, by the name of its field. */
export interface Extra {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
  readonly number?: true;
}

export type ReaderRecord = TagRecord | StatusRecord;

/** @throws DecodeError FRAME_SYNTAX where the code is of no transponder that can be */
export function transponderOf(text: string, notation: TransponderNotation): Transponder {
  try {
    return parseTransponder(text, notation);
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error;
    throw new DecodeError('FRAME_SYNTAX', error.message);
  }
}

export function bareTag(tag: Transponder | string, more: Partial<TagRecord> = {}): TagRecord {
  return {
    what: 'tag',
    code: null,
    tag,
    reader: '',
    antenna: null,
    time: null,
    extras: [],
    ...more,
  };
}
