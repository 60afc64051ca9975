/** Shapes that several routes share. */
import { Type } from '@fastify/type-provider-typebox';

// The greatest whole number that JSON carries exactly, and the furthest time a Date can tell.
const MAX_INTEGER = Number.MAX_SAFE_INTEGER;
const MAX_TIME = 8_640_000_000_000_000;

export const Count = Type.Integer({ minimum: 0, maximum: MAX_INTEGER });
export const Time = Type.Integer({
  minimum: -MAX_TIME,
  maximum: MAX_TIME,
  description: 'ms since the Unix epoch',
});
/** Evidence speaks of no time before the epoch. */
export const SealedTime = Type.Integer({
  minimum: 0,
  maximum: MAX_TIME,
  description: 'ms since the Unix epoch',
});
export const Nullable = Type.Union([Type.String(), Type.Null()]);
export const AgentId = Type.String({
  pattern: '^[0-9a-f]{32}$',
  description: 'an agent: 32 hexadecimal digits',
});
export const Source = Type.String({ maxLength: 64, pattern: '^[a-z0-9._~-]+$' });
export const Device = Type.String({ maxLength: 64, pattern: '^[\\x20-\\x7e]*$' });
export const Origin = Type.String({
  minLength: 1,
  maxLength: 128,
  description: 'the name of a site log',
});

/** In which the holder of a log's key signs what it asks for. */
export const REQUEST_HEADER = 'x-sigill-request';

export const WatermarksSchema = Type.Object(
  { origin: Origin, sealed: Count, logged: Count, witnessed: Count, anchored: Count, final: Count },
  { description: 'Sizes of a site log: an entry below `final` is final, and so on.' },
);

export const ReadingSchema = Type.Object({
  agent: AgentId,
  seq: Count,
  n: Count,
  source: Type.String(),
  device: Type.String(),
  kind: Type.String(),
  time: Time,
  origin: Origin,
  entry: Type.Integer({ minimum: 0, description: 'index of its batch in that site log' }),
  state: Type.Union([
    Type.Literal('sealed'),
    Type.Literal('logged'),
    Type.Literal('witnessed'),
    Type.Literal('anchored'),
    Type.Literal('final'),
  ]),
  fields: Type.Array(
    Type.Object({
      name: Type.String(),
      value: Type.String({ description: 'as the device wrote it' }),
      unit: Nullable,
      code: Nullable,
    }),
  ),
});

export const BoxName = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'the hash of a box’s keys, 64 hexadecimal digits',
});
export const Base64 = (maxLength: number) =>
  Type.String({ maxLength, pattern: '^[A-Za-z0-9+/]*={0,2}$', description: 'base64' });
