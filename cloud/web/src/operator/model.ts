/** What the operator's page knows: as the cloud's overview tells it. */
export interface Overview {
  readonly cloud: CloudView;
  readonly waiting: readonly WaitingBox[];
  readonly slots: readonly SlotView[];
  readonly invitations: readonly InvitationView[];
  readonly erasures: ErasuresView;
}

/** Readings that were erased on the operator's word. */
export interface ErasuresView {
  readonly total: number;
  /** Not carried out yet. */
  readonly open: number;
  /** The newest first; not all of them. */
  readonly newest: readonly ErasureView[];
}

export interface ErasureView {
  readonly agent: string;
  readonly seq: number;
  readonly source: string;
  readonly device: string;
  readonly n: number;
  readonly reason: string;
  readonly at: number;
}

export interface CloudView {
  readonly url: string;
  readonly certificate: string | null;
  readonly origins: string;
  readonly holdsKey: boolean;
  /** Fingerprint of the operator's key. */
  readonly operator: string;
  /** Since when that key is in force; null: nobody noted it. */
  readonly operatorSince: number | null;
  readonly now: number;
}

/** `generation`: a gateway's next log. */
export type BoxKind = 'gateway' | 'agent' | 'generation';

export interface WaitingBox {
  readonly box: string;
  readonly kind: BoxKind;
  readonly name: string;
  readonly fingerprint: string;
  readonly madeFor: string | null;
  /** The log that it would send to; of a generation, the one that would be closed. */
  readonly gateway: string | null;
  readonly origin: string;
  readonly address: string;
  readonly askedAt: number;
  readonly clockOff: number;
}

export interface SlotView {
  readonly slot: number;
  readonly rev: number;
  readonly origin: string;
  /** Entries of its log that are here. */
  readonly entries: number;
  readonly closed: { readonly size: number; readonly cause: string } | null;
  /** The log that this one goes on from. */
  readonly continues: string | null;
  /** When its gateway last brought something; null: not since the cloud's start. */
  readonly heardAt: number | null;
  readonly agents: readonly AgentView[];
}

export interface AgentView {
  readonly agent: string;
  readonly kind: BoxKind;
  readonly name: string | null;
  readonly fingerprint: string;
  readonly state: 'active' | 'revoked';
  /** Since when its key is in; null: nobody noted it. */
  readonly since: number | null;
  /** Whom it took over from. */
  readonly succeeds: string | null;
}

export interface InvitationView {
  readonly id: string;
  readonly kind: BoxKind;
  readonly madeFor: string | null;
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly wrong: number;
  readonly state: 'open' | 'used' | 'expired' | 'void' | 'withdrawn';
}

export interface NewCode {
  readonly code: string;
  readonly expiresAt: number;
  readonly url: string;
}
