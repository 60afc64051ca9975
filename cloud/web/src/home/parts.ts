/** What a page without tags or positions never fetches. */
export const loadTags = () => import('../tags/index.ts');
export const loadMap = () => import('../map/index.ts');
