/** For tests: the decoder of the one test device, whose frames are `temperature <digits> Cel`. */
import { type Decimal, formatDecimal } from '../bytes/decimal.ts';
import type { Reading } from '../reading/reading.ts';

export function decodeTemperature({ origin, fields }: Reading, frame: Uint8Array) {
  if (origin.driver !== 'test-line') return null;
  const [field] = fields;
  const text = new TextDecoder().decode(frame);
  const agrees = text === `temperature ${formatDecimal(field?.value as Decimal)} Cel\r\n`;
  return { agrees, detail: agrees ? '' : `the frame says ${text.trim()}` };
}
