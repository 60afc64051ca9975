/** What a witness cosigned last of a log, and when. */
export interface CosignedHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** As the log signed it, without anybody else's signatures. */
  readonly note: string;
  /** Of the cosignature, in Unix seconds; 0: none was told. */
  readonly time: number;
}

/**
 * A witness's memory. When `advance` resolves to true, the head survives power loss; on an error nobody knows what is on
 * the disk, and the store answers no more until it was opened anew. One writer at a time.
 */
export interface WitnessStore {
  /** Null: nothing of this log was ever cosigned. */
  head(origin: string): Promise<CosignedHead | null>;
  /** Compare-and-set: false, and nothing changed, if it stands elsewhere. @throws CloudError WITNESS_STATE */
  advance(oldSize: number, head: CosignedHead): Promise<boolean>;
  /** The cosignature over a head that `advance` kept, before it is told. */
  signed(head: CosignedHead, line: string): Promise<void>;
  /** The newest time of all cosignatures, in Unix seconds. */
  newestTime(): Promise<number>;
  /** Why it must never sign again, from when on it is told so for ever; null: it may. */
  retired(): Promise<string | null>;
  retire(why: string): Promise<void>;
}
