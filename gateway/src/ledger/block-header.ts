/**
 * A block's header as RLP, rebuilt from the fields a node tells. Its keccak-256 must be the block's hash:
 * that also shows whether a newer fork has added fields this does not know.
 * @module
 */
import { encodeRlp } from 'ethers';

export interface RpcBlock {
  readonly number: string;
  readonly hash: string;
  readonly [field: string]: unknown;
}

// In the order of the header; bytes are kept as they are, integers lose their leading zeros.
const FRONTIER = [
  ...['parentHash', 'sha3Uncles', 'miner', 'stateRoot', 'transactionsRoot', 'receiptsRoot'],
  ...['logsBloom', 'difficulty', 'number', 'gasLimit', 'gasUsed', 'timestamp', 'extraData'],
  ...['mixHash', 'nonce'],
];
const SINCE = [
  'baseFeePerGas', // London
  'withdrawalsRoot', // Shanghai
  ...['blobGasUsed', 'excessBlobGas', 'parentBeaconBlockRoot'], // Cancun
  'requestsHash', // Prague
];
const INTEGERS = new Set([
  ...['difficulty', 'number', 'gasLimit', 'gasUsed', 'timestamp'],
  ...['baseFeePerGas', 'blobGasUsed', 'excessBlobGas'],
]);

export function encodeHeader(block: RpcBlock): Uint8Array {
  const later = SINCE.slice(0, SINCE.findLastIndex((name) => typeof block[name] === 'string') + 1);
  const fields = [...FRONTIER, ...later].map((name) => {
    const value = String(block[name] ?? '0x');
    return INTEGERS.has(name) ? minimal(value) : value;
  });
  return new Uint8Array(Buffer.from(encodeRlp(fields).slice(2), 'hex'));
}

function minimal(quantity: string): string {
  const digits = BigInt(quantity === '0x' ? 0 : quantity).toString(16);
  if (digits === '0') return '0x';
  return digits.length % 2 === 0 ? `0x${digits}` : `0x0${digits}`;
}
