/**
 * Identifiers that tags carry, in all their notations. Pure; runs in browsers.
 * @module
 */
export { IdentifierError, type IdentifierErrorCode } from './errors.ts';
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
