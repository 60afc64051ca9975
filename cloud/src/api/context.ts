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
import type { Enrolment } from '../enrolment/enrolment.ts';
import type { Operator } from '../operator/operator.ts';
import type { Sessions } from '../operator/sessions.ts';
import type { ReadRights } from '../tiles/read-rights.ts';

export interface ApiContext {
  readonly core: Core;
  readonly version: string;
  readonly demonstration: boolean;
  /** A node of the ledger that browsers may ask for block headers. */
  readonly ledgerRpc: string | null;
  readonly enrolment: Enrolment;
  readonly operator: Operator;
  readonly sessions: Sessions;
  /** Of entry bundles. */
  readonly readers: ReadRights;
  /** The data directory, whose owner makes the operator's links. */
  readonly data: string;
  readonly now: () => number;
  /** Cookies travel over TLS alone. */
  readonly secure: boolean;
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
