/**
 * Payload codecs by their id. Another device is another file, and a line here.
 * @module
 */
import { abeeway } from './abeeway.ts';
import type { Codec } from './codec.ts';
import { decentlabMbx } from './decentlab-mbx.ts';
import { milesightAt101, milesightUdl } from './milesight.ts';

export const codecs: ReadonlyMap<string, Codec> = new Map(
  [milesightUdl, decentlabMbx, milesightAt101, abeeway].map((codec) => [codec.id, codec]),
);

export type { Codec, PayloadMeaning } from './codec.ts';
