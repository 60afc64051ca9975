/**
 * Identifiers that tags carry, in all their notations. Pure; runs in browsers.
 * @module
 */
export {
  decodeEpc,
  EPC_SCHEMES,
  type Epc,
  type EpcScheme,
  encodeEpc,
  isEpcScheme,
  maxFilter,
  schemesFor,
} from './epc-binary.ts';
export {
  checkedIdentity,
  EPC_TYPES,
  type EpcIdentity,
  fromGs1Key,
  isEpcType,
  toGs1Key,
} from './epc-identity.ts';
export type { Gs1Key } from './epc-parts.ts';
export type { EpcType } from './epc-types.ts';
export { formatPureIdentity, formatTagUri, parsePureIdentity, parseTagUri } from './epc-uri.ts';
export { IdentifierError, type IdentifierErrorCode } from './errors.ts';
export { checkDigit } from './gs1.ts';
export {
  formatDigitalLink,
  formatElementString,
  type Gs1Text,
  parseDigitalLink,
  parseElementString,
} from './gs1-text.ts';
export {
  formatTransponder,
  MAX_NATIONAL_ID,
  parseTransponder,
  readTransponder,
  type Transponder,
  type TransponderFlags,
  type TransponderForms,
  type TransponderNotation,
  type TransponderReading,
  type TransponderTechnology,
} from './iso11784.ts';
export {
  type AnimalReading,
  type Encoding,
  type EpcReading,
  type Gs1Reading,
  type IdentifierReading,
  type ReadOptions,
  readIdentifier,
} from './read.ts';
