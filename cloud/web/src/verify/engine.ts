/** All that needs the verifier's code: one chunk, fetched when somebody first verifies. */
export { leavesOf, stretchesOf } from './evidence-map.ts';
export { examine } from './examine.ts';
export { spoilAt, spoilPart, spoilValue } from './spoil.ts';
export { sweep } from './sweep.ts';
