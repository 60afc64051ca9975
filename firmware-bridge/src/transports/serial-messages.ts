/**
 * What a serial transport and the process that holds its port say to each other.
 * @module
 */

export interface SerialSettings {
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

export type ToChild =
  | { readonly type: 'open'; readonly settings: SerialSettings }
  | { readonly type: 'write'; readonly id: number; readonly bytes: Uint8Array }
  /** So many received bytes are taken care of. */
  | { readonly type: 'taken'; readonly length: number }
  | { readonly type: 'ping' };

export type FromChild =
  | { readonly type: 'open' }
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'written'; readonly id: number }
  | { readonly type: 'write failed'; readonly id: number; readonly message: string }
  | { readonly type: 'open failed'; readonly message: string }
  | { readonly type: 'lost'; readonly message: string }
  | { readonly type: 'spinning' }
  | { readonly type: 'pong' };
