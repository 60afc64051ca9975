/**
 * The embedded store's tables. No key on points: batches are written once by the bookkeeping in
 * `written`, in the same transaction, which costs nothing per point.
 * @module
 */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS streams (id INTEGER, agent VARCHAR, source VARCHAR, device VARCHAR);
  CREATE TABLE IF NOT EXISTS series (id INTEGER, stream INTEGER, field VARCHAR, unit VARCHAR);

  -- New points lie as they arrive in 'recent'; a full 'recent' is sorted by series into 'points'.
  CREATE TABLE IF NOT EXISTS points (series INTEGER, time BIGINT, seq BIGINT, value DOUBLE);
  CREATE TABLE IF NOT EXISTS recent (series INTEGER, time BIGINT, seq BIGINT, value DOUBLE);
  CREATE VIEW IF NOT EXISTS all_points AS SELECT * FROM points UNION ALL SELECT * FROM recent;

  CREATE TABLE IF NOT EXISTS readings (stream INTEGER, time BIGINT, seq BIGINT, n BIGINT, batch BIGINT,
    kind VARCHAR);

  -- The newest text of each series, appended whenever it changed; now and then only the last is kept.
  CREATE TABLE IF NOT EXISTS latest (series INTEGER, seq BIGINT, time BIGINT, value VARCHAR);

  -- Batches written, as runs of numbers; and how far in the order of arrival.
  CREATE TABLE IF NOT EXISTS written (agent VARCHAR, first BIGINT, last BIGINT);
  CREATE TABLE IF NOT EXISTS progress (arrival BIGINT);
  INSERT INTO progress SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM progress);
`;
