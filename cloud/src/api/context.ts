/** What every route is given. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Core } from '../core.ts';

export interface ApiContext {
  readonly core: Core;
  readonly version: string;
  readonly demonstration: boolean;
  /** A node of the ledger that browsers may ask for block headers. */
  readonly ledgerRpc: string | null;
}

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** One route, one file: its schema, what it does, its documentation. */
export type Route = (api: Api, context: ApiContext) => void;
