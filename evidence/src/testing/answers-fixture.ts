/**
 * For tests: questions as JSON, answers as JSON. The same code answers in Node, with node:crypto,
 * and in a browser, with @noble; both must say the same.
 */
import { fromHex, toHex } from '../bytes/bytes.ts';
import { decodeCbor, encodeCbor } from '../bytes/canonical-cbor.ts';
import { sha256 } from '../crypto/index.ts';
import { EvidenceError } from '../errors.ts';
import { parseEvidence } from '../judge/evidence-file.ts';
import { judge } from '../judge/judge.ts';
import { parsePolicy } from '../judge/policy.ts';
import { verifySignature } from '../keys/signer.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { parseReceipt, verifyReceipt } from '../log/receipt.ts';
import { decodeReading, encodeReading, formatValue } from '../reading/reading.ts';
import { decodeTemperature } from './decode-fixture.ts';

export interface Questions {
  /** SPKI, message and signature in hexadecimal. */
  readonly signatures: readonly {
    readonly publicKey: string;
    readonly message: string;
    readonly signature: string;
  }[];
  readonly cbor: readonly string[];
  readonly readings: readonly string[];
  readonly evidence: {
    readonly policy: string;
    readonly texts: readonly string[];
    readonly blocks: readonly { readonly number: number; readonly hash: string }[];
  };
  readonly receipt: {
    readonly text: string;
    readonly entry: string;
    readonly origin: string;
    readonly publicKey: string;
  };
}

export function answer(questions: Questions): unknown {
  const { signatures, cbor, readings, evidence, receipt } = questions;
  const blocks = evidence.blocks.map(({ number, hash }) => ({
    number,
    hash: fromHex(hash),
    source: 'elsewhere',
  }));
  return {
    signatures: signatures.map(({ publicKey, message, signature }) =>
      outcome(() => verifySignature(fromHex(publicKey), fromHex(message), fromHex(signature))),
    ),
    cbor: cbor.map((hex) => outcome(() => toHex(encodeCbor(decodeCbor(fromHex(hex)))))),
    readings: readings.map((hex) =>
      outcome(() => {
        const reading = decodeReading(fromHex(hex));
        const fields = reading.fields.map(({ name, value }) => [name, formatValue(value)]);
        return [toHex(leafHash(encodeReading(reading))), fields];
      }),
    ),
    verdicts: evidence.texts.map((text) =>
      outcome(() => {
        const options = { blocks, decodeAgain: decodeTemperature };
        const verdict = judge(parseEvidence(text), parsePolicy(evidence.policy), options);
        return { claims: verdict.claims, after: verdict.notAfter, before: verdict.notBefore };
      }),
    ),
    receipt: outcome(
      () =>
        verifyReceipt(
          parseReceipt(receipt.text),
          fromHex(receipt.entry),
          receipt.origin,
          fromHex(receipt.publicKey),
        ).size,
    ),
    hash: toHex(sha256(fromHex('00'), fromHex('ff'))),
  };
}

function outcome(action: () => unknown): unknown {
  try {
    return action() ?? 'good';
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
