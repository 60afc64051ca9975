import { Type } from '@fastify/type-provider-typebox';
import { DAY_MS } from '../../completeness/steps.ts';
import { CloudError } from '../../errors.ts';
import type { Route } from '../context.ts';
import { AgentId, Count, Device, SealedTime, Source, Time } from '../schemas.ts';

const OrNull = <T extends typeof Time | typeof Count>(shape: T) => Type.Union([shape, Type.Null()]);

const StepSchema = Type.Object({
  from: Time,
  to: Time,
  first: OrNull(Count),
  last: OrNull(Count),
  count: Type.Integer({ description: 'readings that are here' }),
  expected: Type.Integer({ description: 'readings there should be, as far as numbers tell' }),
  gaps: Type.Array(
    Type.Object({ from: OrNull(Time), to: Time, count: OrNull(Count), cause: Type.String() }),
    { description: 'as the agent states them; the first hundred' },
  ),
  gapCount: Count,
  missing: Type.Array(Type.Tuple([Count, Count]), {
    description:
      'numbers that never came, from and to; they stand in every step they may belong to',
  }),
  erased: Count,
  silent: Type.Boolean({ description: 'nothing came, though a sign of life was promised' }),
  open: Type.Boolean({ description: 'the stream has not gone on past it: more may come' }),
  state: Type.Union([
    Type.Literal('missing'),
    Type.Literal('erased'),
    Type.Literal('gaps'),
    Type.Literal('complete'),
    Type.Literal('none'),
  ]),
});

const schema = {
  summary: 'How complete streams are: n of n, or what is missing and why, by day or month (UTC)',
  description:
    'Days by the readings’ own times. A view for calendars: what proves it is the evidence of the range (/api/v1/evidence/range).',
  tags: ['evidence'],
  querystring: Type.Object({
    agent: Type.Optional(AgentId),
    source: Type.Optional(Source),
    device: Type.Optional(Device),
    from: SealedTime,
    to: SealedTime,
    step: Type.Optional(
      Type.Union([Type.Literal('day'), Type.Literal('month')], { default: 'day' }),
    ),
  }),
  response: {
    200: Type.Object({
      streams: Type.Array(
        Type.Object({
          agent: AgentId,
          source: Type.String(),
          device: Type.String(),
          cadenceMs: OrNull(Count),
          heartbeatMs: OrNull(Count),
          firstTime: Time,
          lastTime: Time,
          steps: Type.Array(StepSchema),
        }),
      ),
    }),
  },
};

// A year by days, a century by months: a calendar shows no more at once.
const MOST_MS = { day: 366 * DAY_MS, month: 36_525 * DAY_MS };

export const completenessRoute: Route = (api, { core }) => {
  api.get('/api/v1/completeness', { schema }, async ({ query }) => {
    const { from, to, agent, source, step = 'day' } = query;
    if (agent === undefined && source === undefined)
      throw new CloudError('REQUEST_FORM', 'agent or source: one of them expected');
    if (from >= to || to - from > MOST_MS[step])
      throw new CloudError('REQUEST_FORM', 'a year by days, or a century by months, at the most');
    const streams = await core.completeness({ ...query, step });
    return {
      streams: streams.map((stream) => ({
        ...stream,
        steps: stream.steps.map((one) => ({
          ...one,
          gaps: [...one.gaps],
          missing: one.missing.map(([first, last]): [number, number] => [first, last]),
        })),
      })),
    };
  });
};
