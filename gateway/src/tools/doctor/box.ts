/**
 * What the doctor examines: a machine, a configuration, a process that may be running.
 * @module
 */
import type { SourceConfig } from '@sigill/edge';
import type { Machine } from '../machine.ts';

export interface Box {
  readonly machine: Machine;
  /** Null: no configuration was found here. */
  readonly config: BoxConfig | null;
  /** Why the configuration does not read; null when it does. */
  readonly configFault: Error | null;
  /** What the running process says of itself; null if none runs. */
  readonly running: Running | null;
  readonly user: { readonly name: string; readonly uid: number };
  /** Of this process. */
  readonly runtime: { readonly node: string; readonly arch: string; readonly platform: string };
  readonly version: string;
  now(): number;
  readonly network: Network;
}

/** What both a gateway's and an agent's configuration tell. */
export interface BoxConfig {
  readonly kind: 'gateway' | 'agent';
  readonly file: string;
  readonly name: string;
  readonly data: string;
  readonly keys: string;
  /** Absolute, those it cannot run without. */
  readonly keyFiles: readonly string[];
  /** The operator's word about this box; empty before enrolment. */
  readonly recordFiles: readonly string[];
  /** Where batches go: a gateway's cloud, an agent's gateway; null if nowhere. */
  readonly upstream: {
    readonly url: URL;
    readonly certificate: Uint8Array | null;
  } | null;
  /** JSON-RPC of the ledger's nodes; none without one, or with one of its own. */
  readonly ledgerNodes: readonly string[];
  readonly listeners: readonly {
    readonly name: string;
    readonly host: string;
    readonly port: number;
  }[];
  readonly sources: readonly SourceConfig[];
}

/** The status of a gateway or agent, as its control socket tells it. All of it may be missing: another version may run. */
export interface Running {
  readonly version?: string;
  readonly agent?: {
    readonly state?: string;
    readonly reason?: string | null;
    readonly full?: boolean;
    readonly lost?: number;
    readonly journal?: { readonly heldBytes?: number; readonly maxBytes?: number } | null;
    readonly position?: {
      readonly sealedBefore?: number;
      readonly receiptedBefore?: number;
    } | null;
    /** Why its key may not sign now; null: it may. */
    readonly held?: string | null;
  } | null;
  /** Of an agent on a box of its own: the way to its gateway. */
  readonly link?: { readonly state?: string; readonly reason?: string | null };
  readonly remoteAgents?: readonly {
    readonly agent: string;
    readonly name: string | null;
    readonly state: string;
    readonly connected: boolean;
    readonly lastSeen: number | null;
    readonly lag: number | null;
  }[];
  readonly broker?: {
    readonly failedLogins?: number;
    readonly clients?: readonly {
      readonly name: string;
      readonly kind: string;
      readonly connected: number;
    }[];
    readonly quarantine?: { readonly messages?: number };
  } | null;
  readonly sources?: readonly {
    readonly source: string;
    readonly state: string;
    readonly reason: string | null;
    readonly lastObservedMs: number | null;
  }[];
  readonly cloud?:
    | 'none'
    | {
        readonly reachable?: boolean;
        readonly sent?: number;
        readonly receipted?: number;
        readonly lastError?: string | null;
      };
  readonly logSize?: number;
  /** Of the log in force. */
  readonly origin?: string;
  /** Why its log does not grow; null: it does. */
  readonly closedFor?: string | null;
  readonly record?: {
    readonly generation?: number;
    readonly closed?: { readonly size: number; readonly cause: string } | null;
  };
  /** What comes after the log in force; null: nobody has asked for a next one. */
  readonly nextLog?: { readonly state: string; readonly text: string } | null;
  readonly ledger?: 'not anchored' | { readonly lastError?: string | null };
  /** Who anchors its log, and the newest final anchor that calls it. */
  readonly anchoring?: {
    readonly by: 'this gateway' | 'notary' | 'nobody';
    readonly last: { readonly index: number; readonly at: number; readonly size: number } | null;
  };
  /** Each with the sentence for whoever stands at the box. */
  readonly quarantined?: readonly { readonly technician: string }[];
}

export interface Network {
  /** Addresses of a name. @throws what the resolver says */
  resolve(host: string): Promise<readonly string[]>;
  /** Resolves when a TCP connection stands. @throws why it does not */
  connect(host: string, port: number): Promise<void>;
  /** SHA-256 of the certificate shown. @throws why there is none */
  certificate(url: URL): Promise<Uint8Array>;
  /** The server's clock by its Date header, null if it tells none. @throws why it does not answer */
  clockOf(url: URL): Promise<number | null>;
  /** The ledger's chain id. @throws why it does not answer */
  chainId(rpc: string): Promise<string>;
}
