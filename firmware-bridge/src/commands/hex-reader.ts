/**
 * Hexadecimal text, in chunks, to bytes.
 * @module
 */

export class HexError extends Error {
  readonly code = 'HEX_SYNTAX';

  constructor(message: string) {
    super(message);
    this.name = 'HexError';
  }
}

export interface HexReader {
  /** White space is skipped. @throws HexError */
  push(text: Uint8Array): Uint8Array;
  /** @throws HexError when half a byte is left over */
  end(): void;
}

export function createHexReader(): HexReader {
  let half = -1;
  let position = 0;
  return {
    push(text) {
      const bytes = new Uint8Array((text.length >> 1) + 1);
      let length = 0;
      for (const character of text) {
        const digit = digitOf(character);
        if (digit === null && !isSpace(character))
          throw new HexError(`hexadecimal expected, got byte ${character} at ${position}`);
        position++;
        if (digit === null) continue;
        if (half < 0) half = digit;
        else {
          bytes[length++] = (half << 4) | digit;
          half = -1;
        }
      }
      return bytes.subarray(0, length);
    },
    end() {
      if (half >= 0) throw new HexError('an odd number of hexadecimal digits');
    },
  };
}

function digitOf(character: number): number | null {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const letter = character | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : null;
}

function isSpace(character: number): boolean {
  return character === 0x20 || (character >= 0x09 && character <= 0x0d);
}
