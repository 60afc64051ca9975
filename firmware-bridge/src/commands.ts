/**
 * The commands of this package.
 * @module
 */
import type { Command } from './command.ts';
import { decode } from './commands/decode.ts';
import { drivers } from './commands/drivers.ts';
import { simulate } from './commands/simulate.ts';
import { tag } from './commands/tag.ts';

export const commands: readonly Command[] = [drivers, decode, simulate, tag];
