/**
 * Several nodes of one chain, asked as one. They are compared: one that is away, behind, of another chain or without
 * our contract is told and left out until it is well. About what is final all are asked, and one that knows
 * another block stops it.
 * @module
 */
import { type Finality, toHex } from '@sigill/evidence';
import type { Tell } from '../events.ts';
import { type Expected, examineEndpoint, finalAt, hashAt } from './endpoint.ts';
import type { JsonRpc } from './json-rpc.ts';
import { LedgerError } from './ledger-error.ts';

export interface Endpoint {
  /** As it is told: never with an access key in it. */
  readonly name: string;
  readonly rpc: JsonRpc;
}

export interface EndpointsParts extends Expected {
  readonly endpoints: readonly Endpoint[];
  /** How many must know a block before it is called final. */
  readonly agree: number;
  readonly now: () => number;
  readonly tell: Tell;
}

export interface Endpoints extends JsonRpc {
  /** Looks at those that are due. @throws LedgerError why, when none can be used */
  check(): Promise<void>;
  /** The newest block that enough of them call final. @throws LedgerError LEDGER_UNCONFIRMED when too few answer */
  sharedFinal(finality: Finality): Promise<number>;
  /** @throws LedgerError LEDGER_UNCONFIRMED, LEDGER_FINAL_CONTRADICTED */
  confirm(blockNumber: number, blockHash: Uint8Array): Promise<void>;
  /** Takes another one first from now on, if there is one: this one’s answers do not fit together. */
  rotate(): void;
}

// An endpoint that is well is compared as often as Ethereum makes five blocks; one that is not, too.
const COMPARE_MS = 60_000;
// Three minutes of Ethereum, and no more than a fast chain makes between two answers.
const MAX_LAG_BLOCKS = 16;

interface Standing {
  readonly endpoint: Endpoint;
  /** Null: well. */
  fault: LedgerError | null;
  checkedAt: number | null;
  height: number;
}

export function createEndpoints(parts: EndpointsParts): Endpoints {
  const { now, tell } = parts;
  let standings: Standing[] = parts.endpoints.map((endpoint) => ({
    endpoint,
    ...{ fault: null, checkedAt: null, height: 0 },
  }));
  // One of another chain is told and left out of everything; one that is away or behind may know a block all the same.
  const trusted = () => standings.filter(({ fault }) => fault === null || fault.retryable);
  const usable = () =>
    standings.filter(({ fault, checkedAt }) => fault === null && checkedAt !== null);

  /** What the highest says counts only if a second one is about there, where there are three. */
  function findLag(standing: Standing, candidates: readonly Standing[]): LedgerError | null {
    const heights = candidates.map(({ height }) => height).toSorted((a, b) => b - a);
    const reference = heights[heights.length > 2 ? 1 : 0] ?? 0;
    if (standing.height >= reference - MAX_LAG_BLOCKS) return null;
    return new LedgerError(
      'LEDGER_LAGS',
      `at block ${standing.height}, where others have ${reference}`,
      { retryable: true },
    );
  }

  /** With one endpoint its fault is the ledger’s, which is told elsewhere. */
  function note(standing: Standing, fault: LedgerError | null): void {
    const before = standing.fault;
    standing.fault = fault;
    if (standings.length === 1 || before?.code === fault?.code) return;
    const { name } = standing.endpoint;
    if (fault === null) {
      tell({ level: 'info', what: 'endpoint-well', text: `${name} is asked again.` });
      return;
    }
    const text = `${name} is left out: ${fault.message}`;
    tell({ level: fault.retryable ? 'warning' : 'alarm', what: fault.code, text });
  }

  /** In order, until one answers. */
  async function ask<Result>(method: string, params: readonly unknown[]): Promise<Result> {
    let last: LedgerError | null = null;
    for (const standing of usable()) {
      try {
        return await standing.endpoint.rpc.call<Result>(method, ...params);
      } catch (error) {
        if (!(error instanceof LedgerError) || error.code !== 'LEDGER_UNREACHABLE') throw error;
        note(standing, error);
        last = error;
      }
    }
    throw last ?? unusable();
  }

  /** A transaction is given to all, so that no single node can keep it from the chain. */
  async function broadcast<Result>(method: string, params: readonly unknown[]): Promise<Result> {
    const given = await Promise.allSettled(
      usable().map(({ endpoint }) => endpoint.rpc.call<Result>(method, ...params)),
    );
    const taken = given.find((one) => one.status === 'fulfilled');
    if (taken !== undefined) return taken.value;
    throw given.find((one) => one.status === 'rejected')?.reason ?? unusable();
  }

  function rotate(): void {
    const [first, ...others] = standings;
    if (first !== undefined) standings = [...others, first];
  }

  function unusable(): LedgerError {
    return (
      standings.find(({ fault }) => fault !== null)?.fault ??
      new LedgerError('LEDGER_UNREACHABLE', 'no endpoint was asked yet', { retryable: true })
    );
  }

  function tooFew(what: string, known: number): LedgerError {
    return new LedgerError(
      'LEDGER_UNCONFIRMED',
      `${what} ${known} of ${standings.length} endpoints, and ${parts.agree} are needed to call a block final`,
      { retryable: true },
    );
  }

  return {
    async check() {
      const none = usable().length === 0;
      const due = standings.filter(
        ({ checkedAt }) => none || checkedAt === null || now() - checkedAt >= COMPARE_MS,
      );
      if (due.length === 0) return;
      const seen = await Promise.all(
        due.map(({ endpoint }) => examineEndpoint(endpoint.rpc, parts)),
      );
      for (const [at, standing] of due.entries()) {
        standing.checkedAt = now();
        standing.height = seen[at]?.height ?? 0;
      }
      const candidates = [
        ...due.filter((_, at) => seen[at]?.fault === null),
        ...usable().filter((standing) => !due.includes(standing)),
      ];
      for (const [at, standing] of due.entries())
        note(standing, seen[at]?.fault ?? findLag(standing, candidates));
      if (usable().length === 0) throw unusable();
    },
    call: (method, ...params) =>
      method === 'eth_sendRawTransaction' ? broadcast(method, params) : ask(method, params),
    async sharedFinal(finality) {
      const all = trusted().map(({ endpoint }) => finalAt(endpoint.rpc, finality));
      const known = (await Promise.all(all)).filter((number) => number !== null);
      const shared = known.toSorted((left, right) => right - left)[parts.agree - 1];
      if (shared === undefined) throw tooFew('a final block is told by', known.length);
      return shared;
    },
    async confirm(blockNumber, blockHash) {
      const ours = `0x${toHex(blockHash)}`;
      const answers = await Promise.all(
        trusted().map(async ({ endpoint }) => ({
          name: endpoint.name,
          hash: await hashAt(endpoint.rpc, blockNumber),
        })),
      );
      const known = answers.filter(({ hash }) => hash === ours).length;
      const others = answers.filter(({ hash }) => hash !== null && hash !== ours);
      const [other] = others;
      if (others.length > known) rotate(); // the one that is asked first stands alone
      if (other !== undefined)
        throw new LedgerError(
          'LEDGER_FINAL_CONTRADICTED',
          `block ${blockNumber} is final as ${ours}, and ${other.name} has ${other.hash}: nothing is called final until they agree`,
        );
      if (known < parts.agree) throw tooFew(`block ${blockNumber} is known to`, known);
    },
    rotate,
  };
}
