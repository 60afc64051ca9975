/** For tests: the small world that the vectors are of, and how one asks. */
import { toHex } from '../bytes/bytes.ts';
import { honestWorld } from './evidence-fixture.ts';
import type { Json } from './vector-questions-fixture.ts';

export interface Asked {
  readonly name: string;
  readonly input: Readonly<Record<string, Json>>;
}

export const { world, house, meter, first, batch, file, policy } = honestWorld();
export const agentKey = toHex(meter.signer.publicKey);
export const logKey = toHex(house.signer.publicKey);
export const operatorKey = toHex(world.operator.publicKey);
export const { origin } = house;
export const asked = (name: string, input: Asked['input']): Asked => ({ name, input });
export const bytes = (name: string, hex: string, more: Asked['input'] = {}) =>
  asked(name, { bytes: hex, ...more });
/** One bit of the byte at `at`, from the end where it is negative. */
export const flipped = (given: Uint8Array, at: number) => toHex(given.with(at, given.at(at)! ^ 1));
