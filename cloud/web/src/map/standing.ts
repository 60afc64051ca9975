/** The demonstration's sources that stand still, where the town has them. */
import { nameOf } from '../home/names.ts';
import type { LiveState } from '../live/live-state.ts';
import { viewOf } from '../live/views.ts';
import { formatRoute } from '../routes.ts';
import type { Language } from '../strings/language.ts';
import { townPlace } from '../town/town-sources.ts';
import type { Standing } from './layers.ts';

export function standingSources({ streams, status }: LiveState, language: Language): Standing[] {
  const bySource = new Map<string, Standing>();
  for (const stream of streams ?? []) {
    const place = townPlace(stream.source, status?.demonstration ?? false);
    if (place === null || viewOf(stream) === 'agent' || bySource.has(stream.source)) continue;
    bySource.set(stream.source, {
      name: nameOf(stream, status, language).title,
      at: [place.at.latitude, place.at.longitude],
      href: formatRoute({ page: 'meter', stream }),
    });
  }
  return [...bySource.values()];
}
