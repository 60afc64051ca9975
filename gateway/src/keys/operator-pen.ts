/**
 * The operator's signature under a slot's record, where their key lies on this box. What was signed is kept beside the
 * key, and nothing else is ever signed for that slot and revision: two records would be two histories.
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readKeyFile, replaceFile } from '@sigill/edge';
import { equalBytes, type SlotRecord, signSlotRecord } from '@sigill/evidence';
import { GatewayError } from '../errors.ts';
import type { Register } from '../register.ts';

export interface OperatorPen {
  /** @throws GatewayError RECORD_SIGNED */
  sign(record: SlotRecord): Uint8Array;
  /** What it signed before; null: nothing. */
  signed(slot: number, rev: number): Uint8Array | null;
  /** The slots it ever signed a record for. */
  slots(): number[];
}

const SIGNED = /^slot-(\d+)-\d+\.record$/;

/** @throws GatewayError FILE_MISSING, RECORD_MISMATCH, EdgeError KEY_FILE_* for a key that is not the operator's */
export function openOperatorPen(path: string, { operator }: Register): OperatorPen {
  if (!existsSync(path)) {
    throw new GatewayError(
      'FILE_MISSING',
      `${path}: the operator’s key is not here; give it with --key FILE, or approve where it is: sigill cloud approve`,
    );
  }
  const signer = readKeyFile(path);
  if (!equalBytes(signer.publicKey, operator.record.key)) {
    throw new GatewayError(
      'RECORD_MISMATCH',
      `${path} is not the key of the operator that this gateway’s records name; give the right one with --key`,
    );
  }
  const folder = join(dirname(path), 'signed');
  const fileOf = (slot: number, rev: number) => join(folder, `slot-${slot}-${rev}.record`);
  const read = (slot: number, rev: number) =>
    existsSync(fileOf(slot, rev)) ? Uint8Array.from(readFileSync(fileOf(slot, rev))) : null;

  return {
    sign(record) {
      const cose = signSlotRecord(record, signer);
      const { slot, rev } = record;
      const before = read(slot, rev);
      if (before !== null && !equalBytes(before, cose)) {
        throw new GatewayError(
          'RECORD_SIGNED',
          `${fileOf(slot, rev)} is another record for slot ${slot}, revision ${rev}; two would be two histories. Bring that one to the gateway first, or restore the newest data directory`,
        );
      }
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (before === null) replaceFile(fileOf(slot, rev), cose, 0o600);
      return cose;
    },
    signed: read,
    slots() {
      const names = existsSync(folder) ? readdirSync(folder) : [];
      return names.flatMap((name) => {
        const slot = SIGNED.exec(name)?.[1];
        return slot === undefined ? [] : [Number(slot)];
      });
    },
  };
}
