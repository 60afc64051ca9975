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
import { judgeRange } from '../judge/judge-range.ts';
import { parsePolicy } from '../judge/policy.ts';
import { isRangeText, parseRange } from '../judge/range-file.ts';
import { verifySignature } from '../keys/signer.ts';
import { leafHash } from '../log/merkle-tree.ts';
import { parseReceipt, verifyReceipt } from '../log/receipt.ts';
import { decodeReading, encodeReading, formatValue } from '../reading/reading.ts';
import { decodeTemperature } from './decode-fixture.ts';

export { answerTo } from './vector-questions-fixture.ts';

export interface Questions {
  /** SPKI, message and signature in hexadecimal. */
  readonly signatures: readonly {
    readonly publicKey: string;
    readonly message: string;
    readonly signature: string;
  }[];
  readonly cbor: readonly string[];
  readonly readings: readonly string[];
  /** Of readings, and of ranges. */
  readonly evidence: readonly EvidenceQuestions[];
  readonly receipt: {
    readonly text: string;
    readonly entry: string;
    readonly origin: string;
    readonly publicKey: string;
  };
}

export interface EvidenceQuestions {
  readonly policy: string;
  readonly texts: readonly string[];
  readonly blocks: readonly { readonly number: number; readonly hash: string }[];
}

export function answer(questions: Questions): unknown {
  const { signatures, cbor, readings, evidence, receipt } = questions;
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
    verdicts: evidence.map(verdictsOn),
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

function verdictsOn({ policy, texts, blocks }: EvidenceQuestions): unknown[] {
  const seen = blocks.map(({ number, hash }) => ({
    ...{ number, hash: fromHex(hash), source: 'elsewhere' },
  }));
  const options = { blocks: seen, decodeAgain: decodeTemperature };
  return texts.map((text) =>
    outcome(() => {
      const trusted = parsePolicy(policy);
      const verdict = isRangeText(text)
        ? judgeRange(parseRange(text), trusted, options)
        : judge(parseEvidence(text), trusted, options);
      return { claims: verdict.claims, after: verdict.notAfter, before: verdict.notBefore };
    }),
  );
}

function outcome(action: () => unknown): unknown {
  try {
    return action() ?? 'good';
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
