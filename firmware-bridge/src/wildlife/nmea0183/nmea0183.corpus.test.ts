/**
 * Recordings of real receivers, from a folder that is not part of this repository: SIGILL_CORPUS names it.
 * Beside each `x.log` stands `x.log.chk`: what another program (gpsd) says after each sentence.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { type Decimal, formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import type { DecodedObservation } from '../../driver.ts';
import { plain, runSession } from '../../testing/driver-contract.ts';
import { nmea0183 } from './nmea0183.ts';

interface TheirPosition {
  readonly lat: number;
  readonly lon: number;
  readonly altMSL?: number;
  readonly time?: string;
}

interface Deviation {
  readonly why: string;
  /** Positions that only we tell, and that only they tell. */
  readonly ours?: number;
  readonly theirs?: number;
  readonly dates?: 'ours are right';
}

const LAST = 'they tell an epoch when the next begins, and the last has none';
const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  'GPSmap-76S.log': { theirs: 2, why: 'quality 8: the receiver simulates; no position for us' },
  'ac12.log': { ours: 6, theirs: 7, why: 'they take RMC with four decimals, we GGA with five' },
  'ait250.log': { ours: 1, why: LAST },
  'bt451.log': { ours: 2, why: LAST },
  'ch-4701.log': { ours: 1, why: LAST },
  'garmin-10x.log': { ours: 1, why: LAST },
  'garmin-geko201.log': { theirs: 2, why: 'quality 8: the receiver simulates; no position for us' },
  'gps-360.log': { ours: 1, why: LAST },
  'hemi.log': { ours: 15, why: 'quality 1 with no satellite used: they doubt it, we tell both' },
  'hp58534a.log': { ours: 2, why: 'sentences without checksums, read by option' },
  'mtk-3301.log': { theirs: 1, why: 'quality 0 and status V: the receiver has no fix' },
  'neo-m8n.log': {
    ours: 1,
    dates: 'ours are right',
    why: 'recorded in March 2015, as the receiver says; theirs add 1024 weeks: 2034',
  },
  'rst39.log': {
    ours: 1,
    dates: 'ours are right',
    why: 'handed in in March 2015, the receiver says 2014; theirs add 1024 weeks: 2033',
  },
  'st-teseo-liv3f.log': { ours: 1, why: LAST },
  'ublox-lea-5h.log': { ours: 1, why: LAST },
  'venus634lp.log': { ours: 1, why: LAST },
};

const folder = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/nmea/gpsd` : '';
const files = existsSync(folder) ? globSync('*.log', { cwd: folder }).sort() : [];
const title = folder ? 'nmea0183 corpus' : 'nmea0183 corpus (skipped: no SIGILL_CORPUS)';
const tally = {
  positions: 0,
  agreed: 0,
  days: 0,
  times: 0,
  altitudes: 0,
  theirs: 0,
  theirsAgreed: 0,
};

describe.skipIf(folder === '')(title, () => {
  it('is there', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  describe.each(files)('%s', (file) => {
    const bytes = readFileSync(`${folder}/${file}`);
    const options = file === 'hp58534a.log' ? { checksum: 'optional' } : {};
    const { observations } = runSession(nmea0183, options, [bytes]);
    const positions = observations.filter(({ fields }) => fields['position.latitude']);
    const theirs = theirPositions(readFileSync(`${folder}/${file}.chk`, 'latin1'));
    const deviation = DEVIATIONS[file];

    it('gives the positions another program gives, to the receiver’s last digit', () => {
      const agreed = positions.filter((one) => theirs.some((their) => isSamePlace(one, their)));
      const missed = theirs.filter((their) => !positions.some((one) => isSamePlace(one, their)));
      expect(positions.length - agreed.length, deviation?.why).toBe(deviation?.ours ?? 0);
      expect(missed.length, deviation?.why).toBe(deviation?.theirs ?? 0);
      tally.positions += positions.length;
      tally.agreed += agreed.length;
      tally.theirs += theirs.length;
      tally.theirsAgreed += theirs.length - missed.length;
    });

    it('gives the times and altitudes another program gives for them', () => {
      for (const one of positions) {
        const same = theirs.filter((their) => isSamePlace(one, their));
        const time = one.time === null ? null : new Date(one.time).toISOString();
        const days = same.flatMap((their) => their.time?.slice(0, 10) ?? []);
        if (time !== null && days.length > 0) {
          tally.days++;
          if (deviation?.dates) expect(days, deviation.why).not.toContain(time.slice(0, 10));
          else expect(days).toContain(time.slice(0, 10));
          // A receiver that lies still is at one place at many times, of which they pass over some.
          if (same.some((their) => their.time === time)) tally.times++;
          else expect(theirs.map((their) => their.time)).not.toContain(time);
        }
        const altitude = one.fields['position.altitude']?.value;
        const told = same.find((their) => their.altMSL !== undefined && their.time === time);
        if (!isDecimal(altitude) || told === undefined) continue;
        tally.altitudes++;
        expect(Number(formatDecimal(altitude))).toBeCloseTo(told.altMSL ?? Number.NaN, 3);
      }
    });

    it('decodes each epoch again from its frame alone', () => {
      for (const one of observations) {
        const again = runSession(nmea0183, options, [one.frame]).observations;
        expect(again.map(plain)).toEqual([plain(one)]);
      }
    });

    it('is the same at cuts through the whole recording', () => {
      const whole = runSession(nmea0183, options, [bytes]);
      for (const size of [1, 7, 64, 1000]) {
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        expect(runSession(nmea0183, options, chunks), `in chunks of ${size}`).toEqual(whole);
      }
    });
  });

  it('was compared, and not passed over', () => {
    console.info('nmea0183 corpus:', JSON.stringify(tally));
    expect(tally.positions).toBeGreaterThan(1000);
    expect(tally.times).toBeGreaterThan(500);
  });
});

function theirPositions(text: string): TheirPosition[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"class":"TPV"') && line.includes('"lat"'))
    .map((line) => JSON.parse(line) as TheirPosition);
}

function isSamePlace({ fields }: DecodedObservation, { lat, lon }: TheirPosition): boolean {
  return (
    isNear(fields['position.latitude']?.value, lat) &&
    isNear(fields['position.longitude']?.value, lon)
  );
}

/** They print nine decimals of a binary fraction; ours is off by a third of its last digit at most. */
function isNear(value: unknown, theirs: number): boolean {
  if (!isDecimal(value)) return false;
  const { exponent } = value as Decimal;
  const allowed = 0.5e-9 + 0.34 * 10 ** exponent + 1e-12;
  return Math.abs(Number(formatDecimal(value)) - theirs) <= allowed;
}
