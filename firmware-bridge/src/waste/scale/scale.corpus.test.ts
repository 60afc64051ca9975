/**
 * Lines of real scales, from a folder that is not part of this repository: SIGILL_CORPUS names it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import type { FieldValue } from '../../driver.ts';
import { runSession } from '../../testing/driver-contract.ts';
import { scale } from './scale.ts';

interface Line {
  readonly line: string;
  readonly expected: Readonly<Record<string, number | string | boolean>>;
}

const file = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/scales/lines.json` : '';
const lines: Line[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const title = file ? 'scale corpus' : 'scale corpus (skipped: no SIGILL_CORPUS)';

describe.skipIf(file === '')(title, () => {
  it('is there', () => {
    expect(lines.length).toBeGreaterThan(0);
  });

  it.each(lines)('reads $line', ({ line, expected }) => {
    // Of Toledo's frames the source kept what stands between STX and CR.
    const isLine = line.includes(',');
    const bytes = Buffer.from(isLine ? `${line.trimEnd()}\r\n` : `\x02${line}\r`, 'latin1');
    const { observations, rejected } = runSession(scale, {}, [bytes]);
    expect(rejected).toEqual([]);
    const [fields = {}] = observations.map((one) => one.fields);
    const told = (name: string) => number(fields[name]?.value);
    const [gross, net, tare] = [told('weight.gross'), told('weight.net'), told('weight.tare')];
    const { value, unit, stable } = expected;
    // A scale tells gross or net and the tare; they compute the other.
    const claims: [string, unknown, unknown][] = [
      ['net', net ?? minus(gross, tare), expected.net],
      [
        'gross',
        gross ?? plus(net, tare),
        typeof expected.gross === 'number' ? expected.gross : value,
      ],
      ['tare', tare, expected.tare],
      ['unit', (fields['weight.gross'] ?? fields['weight.net'])?.unit, unit],
      ['stable', fields['weight.stable']?.value, stable],
      ['expanded', fields['other.scale.expanded']?.value, expected.expanded],
      ['decimals', -(exponentOf(fields['weight.gross']?.value) ?? 0), expected.decimals],
    ];
    for (const [claim, actual, due] of claims)
      if (due !== undefined) expect(actual, claim).toBe(due);
  });
});

function number(value: FieldValue | undefined): number | undefined {
  return isDecimal(value) ? Number(formatDecimal(value)) : undefined;
}

function exponentOf(value: FieldValue | undefined): number | undefined {
  return isDecimal(value) ? value.exponent : undefined;
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.round((a + b) * 1000) / 1000;
}

function minus(a: number | undefined, b: number | undefined): number | undefined {
  return plus(a, b === undefined ? undefined : -b);
}
