import { type ChainHead, decodeBatch, decodeSeal, headerHash } from '@sigill/evidence';
import { decodeUp, encodeDown } from '../link/codec.ts';
import { toHeadMessages } from '../link/head-messages.ts';
import type { DownMessage, HelloMessage, LinkState, StreamHead } from '../link/messages.ts';
import type { DialLink, LinkWireListener } from '../link/wire.ts';
import type { SealedBatch } from '../sealer.ts';
import { createSiteLog, type FixtureSiteLog } from './site-log-fixture.ts';
import type { BatchReceipt } from './uplink.ts';

interface Taken {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly seal: Uint8Array;
}

/** A gateway as an uplink meets it, in process or over a link, and as bad as a test wants it. */
export function createUplinkGateway() {
  const taken: Taken[] = [];
  const helloes: HelloMessage[] = [];
  const statuses: string[] = [];
  const waiting: (() => void)[] = [];
  let listener: LinkWireListener | null = null;
  let told = 0;

  const gateway = {
    log: createSiteLog() as FixtureSiteLog,
    /** Every batch that came, in the order in which it came. */
    taken,
    helloes,
    statuses,
    failing: null as string | null,
    refused: null as number | null,
    /** Batches below were in a log before this one. */
    inheritedBefore: 0,
    /** Where the log before this one left the agent. */
    inherited: null as ChainHead | null,
    /** Come before each head. */
    records: [] as readonly Uint8Array[],
    refusal: { code: 'BATCH_INVALID', retryable: true },
    /** Receipts wait for `answerAll`. */
    isSlow: false,
    /** So many receipts get lost. */
    losing: 0,
    isRepeating: false,
    receiptFor: null as number | null,
    /** Receipts come out of this log. */
    foreignLog: null as FixtureSiteLog | null,
    state: 'open' as LinkState,
    detail: '',
    head: undefined as ChainHead | null | undefined,
    streams: [] as StreamHead[],
    isUnreachable: false,
    /** Says nothing at all. */
    isDeaf: false,
    dials: 0,
    numbers: () => taken.map(({ number }) => number),
    distinct: () => [...new Map(taken.map((batch) => [batch.number, batch])).values()],
    answerAll() {
      for (const resolve of waiting.splice(0)) resolve();
    },
    /** The connection breaks. */
    cut() {
      const cutOff = listener;
      listener = null;
      cutOff?.closed(new Error('the cable was pulled'));
    },
    /** Another history, of one entry less. */
    fork() {
      const [, ...rest] = gateway.log.entries.slice(0, -1);
      const other = { batch: -1, seal: new Uint8Array(9) };
      gateway.log = createSiteLog(gateway.log.signer, [other, ...rest]);
    },
    say: (message: DownMessage) => tell(message),
    sayBytes: (payload: Uint8Array) => listener?.message(payload),

    async offer({ number, bytes }: SealedBatch): Promise<BatchReceipt> {
      const seal = await receive(number, bytes);
      return { batch: gateway.receiptFor ?? number, proof: prove(number, seal), seal };
    },

    dial: ((next: LinkWireListener) => {
      gateway.dials++;
      if (gateway.isUnreachable) {
        queueMicrotask(() => next.closed(new Error('nobody listens there')));
        return { send() {}, close() {} };
      }
      listener = next;
      queueMicrotask(() => next.open());
      return {
        send: (payload) => {
          if (listener === next && !gateway.isDeaf) hear(payload);
        },
        close: () => {
          if (listener === next) listener = null;
          queueMicrotask(() => next.closed(new Error('closed')));
        },
      };
    }) satisfies DialLink,
  };

  async function receive(number: number, bytes: Uint8Array) {
    if (gateway.failing !== null) throw new Error(gateway.failing);
    if (gateway.refused === number) throw new Error('refused');
    if (number < gateway.inheritedBefore)
      throw Object.assign(new Error('it is settled'), { code: 'BATCH_INHERITED' });
    const offered = decodeBatch(bytes).seal;
    taken.push({ number, bytes, seal: offered });
    if (gateway.isSlow) await new Promise<void>((resolve) => waiting.push(resolve));
    const seal = gateway.log.add({ number, seal: offered });
    if (gateway.losing > 0) {
      gateway.losing--;
      throw new Error('lost on the way');
    }
    return seal;
  }

  function prove(number: number, seal: Uint8Array): string {
    return (gateway.foreignLog ?? gateway.log).receipt({ number, seal });
  }

  function hear(payload: Uint8Array): void {
    const message = decodeUp(payload);
    if (message.type === 'hello') greet(message);
    if (message.type === 'ping') tell({ type: 'pong', nonce: message.nonce, timeMs: 0 });
    if (message.type === 'status') statuses.push(message.json);
    if (message.type === 'batch') void answer(message.number, message.bytes);
  }

  function greet(hello: HelloMessage): void {
    helloes.push(hello);
    const { log, state, detail, streams, records } = gateway;
    told = log.head().size;
    if (records.length > 0) tell({ type: 'records', records });
    const head = {
      ...{ nonce: hello.nonce, state, detail, head: ownHead(), timeMs: 0 },
      ...{ checkpoint: log.checkpoint(), path: log.consistency(hello.receiptSize) },
    };
    for (const message of toHeadMessages(head, streams)) tell(message);
  }

  function ownHead(): ChainHead | null {
    if (gateway.head !== undefined) return gateway.head;
    return headOf(gateway.log) ?? gateway.inherited;
  }

  async function answer(number: number, bytes: Uint8Array): Promise<void> {
    const asked = listener;
    try {
      const seal = await receive(number, bytes);
      if (listener !== asked) return;
      const { log } = gateway;
      const batch = gateway.receiptFor ?? number;
      const proof = prove(number, seal);
      const path = log.consistency(told);
      const receipt = { type: 'receipt', batch, seal, proof, from: told, path } as const;
      told = log.head().size;
      tell(receipt);
      if (gateway.isRepeating) tell(receipt);
    } catch (error) {
      const { message, code } = error as Error & { readonly code?: string };
      if (message === 'lost on the way' || listener !== asked) return;
      const refusal = code === undefined ? gateway.refusal : { code, retryable: false };
      tell({ type: 'refused', batch: number, message, ...refusal });
    }
  }

  function tell(message: DownMessage): void {
    const to = listener;
    if (gateway.isDeaf) return;
    queueMicrotask(() => to?.message(encodeDown(message)));
  }

  return gateway;
}

/** Of the agent's chain, after the last entry; null where that is none of its batches. */
export function headOf({ entries }: FixtureSiteLog): ChainHead | null {
  const last = entries.at(-1);
  if (last === undefined || last.batch < 0) return null;
  const { header, headerBytes } = decodeSeal(last.seal);
  return {
    batch: header.batch,
    headerHash: headerHash(headerBytes),
    nextSeq: header.firstSeq + header.count,
  };
}

export type UplinkGateway = ReturnType<typeof createUplinkGateway>;
