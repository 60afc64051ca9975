/** What is to be signed, written to a file instead of signed. */
import type { CommandIo } from '../command.ts';
import { writeNewFile } from '../init/new-file.ts';
import { type Ask, formatAsk } from '../operator/ask-file.ts';

/** @throws CloudError FILE_EXISTS */
export async function writeAsk(path: string, ask: Ask, io: CommandIo): Promise<void> {
  await writeNewFile(path, formatAsk(ask));
  io.stdout.write(
    `Nothing is signed yet. Where the operator’s key is: sigill register sign ${path} --key FILE -o SIGNED\n`,
  );
}

/** Only what was given: in a file, absent and undefined are one. */
export function given<T extends Readonly<Record<string, string | undefined>>>(
  options: T,
): { readonly [K in keyof T]?: string } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { readonly [K in keyof T]?: string };
}
