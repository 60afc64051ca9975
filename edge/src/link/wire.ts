/** One connection to the gateway's broker. */
export interface LinkWire {
  /** After `open` only; a message that cannot leave any more is dropped, as one that was lost on the way. */
  send(payload: Uint8Array): void;
  /** `closed` follows. */
  close(): void;
}

export interface LinkWireListener {
  /** Let in, and listening to the agent's topic. */
  open(): void;
  message(payload: Uint8Array): void;
  /** Once, whatever happened before it. */
  closed(error: Error): void;
}

/** Begins a connection; never throws. */
export type DialLink = (listener: LinkWireListener) => LinkWire;
