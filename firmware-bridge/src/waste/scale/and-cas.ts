/**
 * Lines of A&D and CAS indicators, and of the many that imitate them:
 *
 *     ST|US|OL|QT  [, GS|NT|TR|…]  ,  sign and digits  unit  CR LF
 *
 * ST stable, US in motion, OL out of range by the sign, QT stable pieces; GS gross, NT net, TR tare. An indicator without
 * the second word sends what it displays, which is net: where nobody tared, that is the gross weight too.
 * Spec: A&D AD-4403 manual §8-6, OP-05 specification p. 58, EK-L manual §9-2.
 * @module
 */
import { type Statement, saying, weightField, weightOf } from './statement.ts';

const LINE =
  /(ST|US|OL|QT)(?:,(GS|NT|TR|PT|[GNT] |LO|OK|HI|--))?,([+-]?[ \d.]*?) *([a-zA-Z%]{1,3})? *$/;
const NAMES = {
  GS: 'weight.gross',
  'G ': 'weight.gross',
  TR: 'weight.tare',
  'T ': 'weight.tare',
  PT: 'weight.tare',
} as const;

/** Null: no such line. */
export function readAndCas(line: string): Statement | null {
  const [matched, state = '', second, data = '', unit = ''] = LINE.exec(line) ?? [];
  if (matched === undefined) return null;
  if (state === 'OL') {
    const range = data.startsWith('-') ? 'under' : 'over';
    return { kind: 'weight', stable: null, fields: { 'weight.range': saying(range, state) } };
  }
  const value = weightOf(data.trim());
  if (value === null || unit === '') return null;
  const name = NAMES[second as keyof typeof NAMES] ?? 'weight.net';
  const stable = state !== 'US';
  return {
    kind: 'weight',
    stable,
    fields: {
      ...weightField(name, value, unit, second?.trim() || state),
      'weight.stable': saying(stable, state),
      ...(/LO|OK|HI/.test(second ?? '') && {
        'other.scale.comparison': saying(second ?? '', state),
      }),
    },
  };
}
