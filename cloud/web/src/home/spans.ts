/** How wide each tile is where three stand side by side: no hole is left at the end. Pure. */

/**
 * The map takes two columns and two rows with two others beside it; what follows fills rows of three.
 * @param maps which tiles are maps: one at most
 */
export function spanClasses(maps: readonly boolean[]): string[] {
  const hasMap = maps.includes(true);
  const others = maps.flatMap((isMap, i) => (isMap ? [] : [i]));
  const beside = hasMap ? 2 : 0;
  const rest = others.slice(beside);
  const left = rest.length % 3;
  return maps.map((isMap, i) => {
    if (isMap)
      return others.length === 0 ? 'alone' : others.length === 1 ? 'big one-beside' : 'big';
    const place = rest.indexOf(i) - (rest.length - left);
    const three = left === 1 && place === 0 ? 'wide-3' : left === 2 && place === 0 ? 'wide-2' : '';
    const two = others.length % 2 === 1 && i === others.at(-1) ? 'last-of-two' : '';
    return [three, two].filter(Boolean).join(' ');
  });
}
