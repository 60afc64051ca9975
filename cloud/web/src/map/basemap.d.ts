/** Made when the page is built: basemap.ts. */
declare module 'virtual:basemap' {
  import type { GeometryCollection, Topology } from 'topojson-specification';

  const basemap: Topology<{ countries: GeometryCollection }>;
  export default basemap;
}
