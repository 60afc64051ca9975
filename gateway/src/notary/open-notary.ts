/**
 * The notary, or none where what it kept does not fit the ledger: readings are sealed, logged and sent all the same.
 * @module
 */
import { GatewayError } from '../errors.ts';
import { createNotary, type Notary, type NotaryParts } from './notary.ts';

/** @throws GatewayError NOTARY_STATE_DAMAGED */
export async function openNotary(parts: NotaryParts): Promise<Notary | null> {
  try {
    return await createNotary(parts);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'NOTARY_DISAGREES') throw error;
    const text = `nothing is anchored until this is mended and the gateway started again; readings are sealed, logged and sent all the same: ${error.message}`;
    parts.tell({ level: 'alarm', what: error.code, text });
    return null;
  }
}
