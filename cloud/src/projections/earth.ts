/** The mean radius of the Earth, IUGG: 6,371,008.8 m. */
export const EARTH_RADIUS_MM = 6_371_008_800;
