/**
 * The commands of this package.
 * @module
 */
import type { Command } from './command.ts';

export const commands: readonly Command[] = [];
