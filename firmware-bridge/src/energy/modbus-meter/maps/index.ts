/**
 * The meters whose registers are known. Another is another file, and a line here.
 * @module
 */
import type { RegisterMap } from '../register-map.ts';
import { dtsu666 } from './dtsu666.ts';
import { sdm72, sdm120, sdm220, sdm630 } from './eastron.ts';
import { em24 } from './em24.ts';
import { iem3000 } from './iem3000.ts';
import { pzem004t } from './pzem004t.ts';

export const registerMaps: ReadonlyMap<string, RegisterMap> = new Map(
  [sdm630, sdm120, sdm220, sdm72, pzem004t, dtsu666, em24, iem3000].map((map) => [map.id, map]),
);
