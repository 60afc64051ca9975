/** What a cloud has in its data directory. Back up the archive and the keepsakes; all else can be made again. */
export const ARCHIVE = 'archive';
export const KEEPSAKES = 'keepsakes';
export const DATABASE = 'cloud.sqlite';
export const READINGS = 'readings.duckdb';
export const COMPLETENESS = 'completeness.sqlite';

/** Made from the archive at the next start where they are not there. */
export const MADE_FROM_ARCHIVE: readonly string[] = [READINGS, COMPLETENESS];
