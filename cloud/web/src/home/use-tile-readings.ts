/** All that is held of a tile's streams, newest first by time: they may come from several agents. */
import { useMemo } from 'preact/hooks';
import type { Reading } from '../api/model.ts';
import { type LiveState, readingsOf } from '../live/live-state.ts';
import type { TileGroup } from '../live/views.ts';

export function useTileReadings(state: LiveState, group: TileGroup): readonly Reading[] {
  const lists = [...group.streams, ...group.signs].map((stream) => readingsOf(state, stream));
  return useMemo(() => lists.flat().sort((a, b) => b.time - a.time), [group, ...lists]);
}
