export { MapStage } from './map-stage.tsx';
export { MapTile } from './map-tile.tsx';
