/**
 * Why a text or a row of bytes is no identifier, with a code for programs and a sentence for people.
 * @module
 */

export type IdentifierErrorCode =
  | 'IDENTIFIER_AMBIGUOUS'
  | 'IDENTIFIER_CHECK_DIGIT'
  | 'IDENTIFIER_RANGE'
  | 'IDENTIFIER_SYNTAX'
  | 'IDENTIFIER_UNKNOWN';

export class IdentifierError extends Error {
  readonly code: IdentifierErrorCode;

  constructor(code: IdentifierErrorCode, message: string) {
    super(message);
    this.name = 'IdentifierError';
    this.code = code;
  }
}

// An identifier is at most some 200 characters; a message shows enough to find it by.
const MAX_SHOWN = 80;

/** The text as a message shows it: bounded, control characters escaped. */
export function shown(text: string): string {
  const clipped = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return JSON.stringify(clipped);
}
