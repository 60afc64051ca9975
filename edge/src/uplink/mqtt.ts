import { parseReceipt } from '@sigill/evidence';
import type { Agent } from '../agent.ts';
import { EdgeError } from '../errors.ts';
import type { GatewayHead } from '../gateway-head.ts';
import { holdReason, holdReasonOf, INHERITED, lostReason, SENT_AGAIN } from '../hold-reason.ts';
import type { AgentLink, LinkStatus } from '../link/agent-link.ts';
import type { ReceiptMessage, RefusedMessage } from '../link/messages.ts';
import { type Log, silentLog } from '../log.ts';
import type { SealedBatch } from '../sealer.ts';
import type { Timers } from '../timers.ts';
import type { LogWitness } from './log-witness.ts';
import { proveReceipt, type SiteLogName } from './receipt-check.ts';
import { createSendWindow } from './send-window.ts';
import { type Settled, startSender } from './sender.ts';
import type { Uplink, UplinkStatus } from './uplink.ts';

export interface MqttUplinkOptions {
  readonly agent: Pick<
    Agent,
    | 'batches'
    | 'head'
    | 'hold'
    | 'judge'
    | 'publicKey'
    | 'receipted'
    | 'release'
    | 'setBeacon'
    | 'status'
    | 'subscribe'
  >;
  readonly link: AgentLink;
  readonly witness: LogWitness;
  readonly siteLog: SiteLogName;
  readonly timers: Timers;
  /** For how long batches have been on the wire. */
  readonly clock: { uptimeMs(): number };
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number;
  /**
   * Only a start that asks the gateway first goes on from where it stands: it holds batches that the journal does not
   * know, or lacks some that had their receipt in a closed log. Until then nothing is sealed or sent.
   */
  readonly onElsewhere?: () => void;
  /** The journal cannot be read where the next batch stands, however often it is tried. */
  readonly onDamaged?: (reason: string) => void;
  readonly log?: Log;
}

export interface MqttUplink extends Uplink {
  status(): UplinkStatus & { readonly link: LinkStatus };
}

interface Pending {
  readonly batch: SealedBatch;
  readonly resolve: (settled: Settled) => void;
  readonly reject: (error: EdgeError) => void;
  /** Null while it is not on the wire. */
  sentMs: number | null;
  cancelDeadline: () => void;
}

// Besides what the wire takes: the gateway makes the batch durable before it answers.
const RECEIPT_PATIENCE_MS = 60_000;
const BEHIND =
  'the gateway holds batches of this agent that this card does not know: the card was restored from a backup, or its disk lost what it had promised. Nothing is sealed until the agent has begun anew after the gateway’s head; restart it if it does not do so by itself';
const UNKNOWN =
  'the gateway does not know the key of this box; enrol it there: sigill agent enroll URL CODE';

/** For an agent on a box of its own: its batches go to the gateway's broker, and are forgotten on a receipt only. */
export function startMqttUplink(options: MqttUplinkOptions): MqttUplink {
  const { agent, link, witness, siteLog, timers, clock, log = silentLog } = options;
  /** Offered and without a receipt, in order; they outlive connections. */
  const pending = new Map<number, Pending>();
  const window = createSendWindow();
  let isReady = false;
  /** Why nothing is sent although the way is open. */
  let waitsFor: string | null = null;
  let stopped = false;
  const sender = startSender({
    agent,
    offer,
    keepProof: () => witness.keep(),
    onReceipted: (beforeBatch) => void release(beforeBatch),
    ...(options.onDamaged && { onDamaged: options.onDamaged }),
    window,
    timers,
    random: options.random,
    log,
  });
  link.attach({
    witness,
    ownHead: () => agent.head(),
    head: greeted,
    receipt,
    refused,
    beacon: (beacon) => agent.setBeacon(beacon),
    down,
    slackMs: () => window.slackMs(),
  });

  function offer(batch: SealedBatch): Promise<Settled> {
    return new Promise<Settled>((resolve, reject) => {
      if (stopped) return reject(stopping());
      const entry = { batch, resolve, reject, sentMs: null, cancelDeadline: () => undefined };
      pending.set(batch.number, entry);
      if (isReady) put(entry);
    });
  }

  function put(entry: Pending): void {
    const { number, bytes } = entry.batch;
    entry.sentMs = clock.uptimeMs();
    window.sent(bytes.length);
    entry.cancelDeadline = timers.after(RECEIPT_PATIENCE_MS + window.slackMs(), () =>
      settle(entry, (e) =>
        e.reject(
          new EdgeError('BATCH_REFUSED', `batch ${number}: no receipt came`, { retryable: true }),
        ),
      ),
    );
    link.send({ type: 'batch', number, bytes });
  }

  function settle(entry: Pending, how: (entry: Pending) => void): void {
    if (pending.get(entry.batch.number) !== entry) return;
    pending.delete(entry.batch.number);
    leaveWire(entry);
    how(entry);
  }

  function leaveWire(entry: Pending): void {
    entry.cancelDeadline();
    if (entry.sentMs !== null) window.left(entry.batch.bytes.length);
    entry.sentMs = null;
  }

  async function greeted(head: GatewayHead): Promise<boolean> {
    isReady = false;
    for (const entry of pending.values()) leaveWire(entry);
    const out = holdReason(head.state, head.detail ?? '');
    const verdict = head.state === 'open' ? await agent.judge(head.head) : null;
    agent.hold(out ?? lostReason(verdict) ?? (verdict?.kind === 'foreign' ? BEHIND : null));
    isReady = verdict?.kind === 'known';
    waitsFor = verdict?.kind === 'short' ? SENT_AGAIN : null;
    if (head.state === 'unknown') waitsFor = head.detail || UNKNOWN;
    if (verdict?.kind === 'foreign' || verdict?.kind === 'short') options.onElsewhere?.();
    if (isReady) for (const entry of [...pending.values()]) put(entry);
    return isReady;
  }

  async function receipt(message: ReceiptMessage): Promise<void> {
    const entry = pending.get(message.batch);
    const { note } = parseReceipt(message.proof);
    // The same message twice: what it proves is known.
    if (entry === undefined && message.from < witness.newest.size) return;
    await witness.follow(note, message.from, message.path);
    if (entry === undefined) {
      log.warn({ batch: message.batch }, 'a receipt came for a batch that is not on its way');
      return;
    }
    try {
      proveReceipt(entry.batch, message, siteLog, agent.publicKey);
    } catch (error) {
      settle(entry, ({ reject }) => reject(error as EdgeError));
      return;
    }
    if (entry.sentMs !== null)
      window.receipted(entry.batch.bytes.length, clock.uptimeMs() - entry.sentMs);
    settle(entry, ({ resolve }) => resolve('receipted'));
  }

  function refused({ batch, code, message, retryable }: RefusedMessage): void {
    const out = holdReasonOf(code, message);
    if (out !== null) {
      isReady = false;
      agent.hold(out);
      link.askLater();
      return;
    }
    const entry = pending.get(batch);
    if (entry === undefined) return;
    settle(entry, ({ resolve, reject }) => {
      if (code === INHERITED) resolve('inherited');
      else
        reject(
          new EdgeError('BATCH_REFUSED', `batch ${batch}: ${code}: ${message}`, { retryable }),
        );
    });
  }

  function down(): void {
    isReady = false;
    for (const entry of pending.values()) leaveWire(entry);
  }

  async function release(beforeBatch: number): Promise<void> {
    try {
      await agent.release(beforeBatch);
    } catch (error) {
      log.warn({ reason: String(error) }, 'batches with a receipt are kept for now');
    }
  }

  return {
    status() {
      const sending = sender.status();
      const way = link.status();
      const reason = way.reason ?? agent.status().held ?? waitsFor ?? sending.reason;
      const isWaiting = sending.state !== 'stopped' && !isReady;
      return { ...sending, reason, ...(isWaiting && { state: 'waiting' }), link: way };
    },
    async stop() {
      stopped = true;
      link.attach(null);
      for (const entry of [...pending.values()]) settle(entry, ({ reject }) => reject(stopping()));
      await sender.stop();
    },
  };
}

function stopping(): EdgeError {
  return new EdgeError('LINK_LOST', 'the agent stops', { retryable: true });
}
