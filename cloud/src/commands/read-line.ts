import { createInterface } from 'node:readline/promises';
import type { CommandIo } from '../command.ts';

/** What a person types, or nothing where nobody does. */
export async function readLine({ stdin, signal }: CommandIo): Promise<string> {
  const lines = createInterface({ input: stdin, signal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}
