/**
 * Pure identities: what an EPC names, whatever tag carries it.
 * @module
 */
import { type Gs1Key, MAX_PREFIX, MIN_PREFIX, syntax } from './epc-parts.ts';
import { EPC_TYPE_RULES, type EpcType } from './epc-types.ts';
import { IdentifierError } from './errors.ts';

/** One thing's identity. The parts are as in its URI, escapes undone: leading zeros are part of them. */
export interface EpcIdentity {
  readonly type: EpcType;
  readonly parts: readonly string[];
}

export const EPC_TYPES = Object.keys(EPC_TYPE_RULES) as readonly EpcType[];

export function isEpcType(name: string): name is EpcType {
  return Object.hasOwn(EPC_TYPE_RULES, name);
}

/** How many parts its URI has. */
export function partCount(type: EpcType): number {
  return EPC_TYPE_RULES[type].names.length;
}

/** @throws IdentifierError */
export function checkedIdentity(type: EpcType, parts: readonly string[]): EpcIdentity {
  const { names, check } = EPC_TYPE_RULES[type];
  if (parts.length !== names.length)
    throw syntax(`${type} has ${names.length} parts (${names.join(', ')}), not ${parts.length}`);
  check(parts);
  return { type, parts };
}

/** Null: the type is none of GS1's. */
export function toGs1Key({ type, parts }: EpcIdentity): Gs1Key | null {
  return EPC_TYPE_RULES[type].gs1?.toKey(parts) ?? null;
}

/** @throws IdentifierError */
export function fromGs1Key({ ai, value, serial }: Gs1Key, prefixLength: number): EpcIdentity {
  if (!Number.isInteger(prefixLength) || prefixLength < MIN_PREFIX || prefixLength > MAX_PREFIX)
    throw new IdentifierError(
      'IDENTIFIER_RANGE',
      `a company’s prefix has ${MIN_PREFIX} to ${MAX_PREFIX} digits, not ${prefixLength}`,
    );
  const type = EPC_TYPES.find((name) => EPC_TYPE_RULES[name].gs1?.ai === ai);
  const rule = type && EPC_TYPE_RULES[type].gs1;
  if (!type || !rule)
    throw new IdentifierError('IDENTIFIER_UNKNOWN', `no EPC names things by (${ai})`);
  if (serial !== null && serial.ai !== rule.serialAi)
    throw syntax(`(${serial.ai}) tells nothing apart that (${ai}) names`);
  return checkedIdentity(type, rule.fromKey(value, serial?.value ?? null, prefixLength));
}
