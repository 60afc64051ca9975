export { TagStage } from './tag-stage.tsx';
export { TagTile } from './tag-tile.tsx';
export { NewestTag, tagCell } from './tag-words.tsx';
