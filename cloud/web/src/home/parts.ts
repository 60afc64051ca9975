/** What a page without tags, positions or curves never fetches. */
export const loadCurve = () => import('../meter/meter-curve.tsx');
export const loadTags = () => import('../tags/index.ts');
export const loadCalendar = () => import('../completeness/index.ts');
export const loadMap = () => import('../map/index.ts');
