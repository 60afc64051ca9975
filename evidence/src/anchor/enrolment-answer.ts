/**
 * What a box is answered: that it waits, that it is refused, or the records that let it in.
 * @module
 */
import { CborReader, encodeCbor } from '../bytes/canonical-cbor.ts';
import { asEnrolmentForm as asForm, enrolmentFormError as formError } from './enrolment-form.ts';

export interface EnrolmentAnswer {
  /** The hash of the box's keys. */
  readonly box: Uint8Array;
  /** The one of the request or poll it answers: an older answer does not pass for a new one. */
  readonly nonce: Uint8Array;
  /** SHA-256 of the server's own certificate, to compare with the one that was shown; null without TLS. */
  readonly certificate: Uint8Array | null;
  readonly timeMs: number;
  readonly outcome: EnrolmentOutcome;
}

export type EnrolmentOutcome =
  | { readonly state: 'waiting' }
  /** `reason`: the operator's own words, or none. */
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'approved'; readonly approval: EnrolmentApproval };

export interface EnrolmentApproval {
  readonly origin: string;
  /** The operator's chain from its first record on, then the slot's record with the box in it. */
  readonly records: readonly Uint8Array[];
  /** Canonical JSON. */
  readonly policy: string;
  /** Where an agent sends to, and the hash of the certificate it shows there; null for a gateway. */
  readonly broker: { readonly url: string; readonly certificate: Uint8Array | null } | null;
}

const ANSWER_TYPE = 'sigill.enroll.answer.1';
const NONCE_BYTES = 16;

export function encodeEnrolmentAnswer(answer: EnrolmentAnswer): Uint8Array {
  const { box, nonce, certificate, timeMs, outcome } = answer;
  const approval = outcome.state === 'approved' ? outcome.approval : null;
  const bytes = asForm(() =>
    encodeCbor([
      ...[ANSWER_TYPE, box, nonce, certificate, timeMs, outcome.state],
      outcome.state === 'refused' ? outcome.reason : '',
      approval && [
        ...[approval.origin, [...approval.records], approval.policy],
        approval.broker && [approval.broker.url, approval.broker.certificate],
      ],
    ]),
  );
  decodeEnrolmentAnswer(bytes);
  return bytes;
}

/** @throws EvidenceError ENROLMENT_FORM */
export function decodeEnrolmentAnswer(bytes: Uint8Array): EnrolmentAnswer {
  return asForm(() => {
    const reader = new CborReader(bytes);
    reader.tuple(8);
    reader.literal(ANSWER_TYPE);
    const head = {
      box: reader.fixedBytes(32),
      nonce: reader.fixedBytes(NONCE_BYTES),
      certificate: reader.nullable(() => reader.fixedBytes(32)),
      timeMs: reader.safeInteger(),
    };
    const outcome = readOutcome(reader);
    reader.end();
    return { ...head, outcome };
  });
}

function readOutcome(reader: CborReader): EnrolmentOutcome {
  const state = reader.text();
  const reason = reader.text();
  const approval = reader.nullable(() => readApproval(reader));
  if (state !== 'refused' && reason !== '') throw formError('a reason belongs to a refusal');
  if ((state === 'approved') !== (approval !== null))
    throw formError('records come with an approval, and with nothing else');
  if (state === 'waiting') return { state };
  if (state === 'refused') return { state, reason };
  if (state === 'approved' && approval !== null) return { state, approval };
  throw formError('waiting, refused or approved expected');
}

function readApproval(reader: CborReader): EnrolmentApproval {
  reader.tuple(4);
  const origin = reader.text();
  const records = reader.list(() => reader.bytes());
  if (records.length < 2) throw formError('an operator’s record and a slot’s expected');
  const policy = reader.text();
  const broker = reader.nullable(() => {
    reader.tuple(2);
    return { url: reader.text(), certificate: reader.nullable(() => reader.fixedBytes(32)) };
  });
  return { origin, records, policy, broker };
}
