/**
 * Where each generation of a site's log lies in the data directory. The first one's folders stand in it as they always did.
 * What belongs to the box and not to a log (its own agent, its records, roll-calls) is shared by all.
 * @module
 */

/** Within the data directory. */
export function generationFolder(generation: number): string {
  return generation === 1 ? '.' : `generation-${generation}`;
}
