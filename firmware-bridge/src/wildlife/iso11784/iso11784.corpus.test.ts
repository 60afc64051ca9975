/**
 * Lines of real readers, from a folder that is not part of this repository: SIGILL_CORPUS names it.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plain, runSession } from '../../testing/driver-contract.ts';
import { iso11784 } from './iso11784.ts';

interface SerialReader {
  readonly device: string;
  readonly line?: string;
  readonly hex?: string;
  readonly doubt?: string;
  readonly expected: Readonly<Record<string, string | number>>;
}

const folder = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/animal-tags` : '';
const isThere = existsSync(folder);
const title = folder ? 'iso11784 corpus' : 'iso11784 corpus (skipped: no SIGILL_CORPUS)';
const read = (file: string) => (isThere ? readFileSync(`${folder}/${file}`) : Buffer.of());
const list = <T>(file: string): T[] => (isThere ? JSON.parse(read(file).toString()) : []);

describe.skipIf(folder === '')(title, () => {
  it('is there', () => {
    expect(isThere).toBe(true);
  });

  it.each(list<SerialReader>('serial_readers.json'))('reads the line of $device', (reader) => {
    const bytes = reader.hex ? Buffer.from(reader.hex, 'hex') : Buffer.from(reader.line ?? '');
    const { observations, rejected } = runSession(iso11784, {}, [bytes]);
    if (reader.doubt) {
      // Its checksum is good; two digits changed places in print, and the number is beyond ISO 11784.
      expect(observations).toEqual([]);
      expect(rejected.map(({ code }) => code)).toEqual(['FRAME_SYNTAX']);
      return;
    }
    const [one] = observations.map(plain);
    const { iso_decimal, app, id } = reader.expected;
    expect(one?.fields['tag.id']?.[0]).toBe(iso_decimal ?? `${app} ${id}`);
    if (reader.expected.data_block)
      expect(one?.fields['other.iso11784.data-block']?.[0]).toBe(reader.expected.data_block);
  });

  it.each(list<{ isodecimal: string; isodothex: string }>('iso11784_four_forms.json'))(
    'reads $isodothex as $isodecimal',
    ({ isodecimal, isodothex }) => {
      for (const line of [isodecimal, isodothex]) {
        const [one] = runSession(iso11784, {}, [Buffer.from(`${line}\r\n`)]).observations;
        expect(one?.fields['tag.id']?.value).toBe(isodecimal);
        expect(one?.fields['tag.pit']?.value).toBe(isodothex);
      }
    },
  );

  it('reads every row of an exported file, both forms of each tag alike', () => {
    const bytes = read('biomark_device_manager_TESTSITE.txt');
    const rows = bytes.toString('latin1').match(/^\d\d\/\d\d\/\d{4} .*$/gm) ?? [];
    const { observations, rejected } = runSession(iso11784, {}, [bytes]);
    expect(rejected).toEqual([]);
    expect(rows.length).toBeGreaterThan(70);
    expect(observations.map(({ fields }) => fields['tag.pit']?.value)).toEqual(
      rows.map((row) => /[0-9A-F]{3}\.[0-9A-F]{10}/.exec(row)?.[0]),
    );
    expect(observations.map(({ fields }) => fields['tag.id']?.value)).toEqual(
      rows.map((row) => / (\d{3}\.\d{12})/.exec(row)?.[1]?.replace('.', '')),
    );
  });

  const logs = isThere ? globSync('biomark_is1001_*.log', { cwd: folder }).sort() : [];

  it.each(logs)('reads every record of %s', (file) => {
    const bytes = read(file);
    const lines = bytes
      .toString('latin1')
      .split(/\r?\n/)
      .filter((line) => line !== '');
    const { observations, rejected } = runSession(iso11784, { zone: 'America/Boise' }, [bytes]);
    expect(rejected).toEqual([]);
    expect(observations.length).toBe(lines.length);
    for (const [i, { kind, device, fields, time, frame }] of observations.entries()) {
      const line = lines[i] ?? '';
      expect(Buffer.from(frame).toString('latin1').trim()).toBe(line.trim());
      expect(kind).toBe(line.startsWith('TAG:') ? 'tag' : 'reader');
      expect(device).toBe(line.slice(5, 7));
      if (kind === 'tag') expect(line.endsWith(String(fields['tag.pit']?.value))).toBe(true);
      expect(time, line).not.toBeNull();
    }
  });
});
