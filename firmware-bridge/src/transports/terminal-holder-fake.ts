/**
 * A program that holds a pseudo-terminal and prints its path. It is a process of its own because the
 * terminal's other end is inherited by what its process starts: only killed, it really hangs up.
 * @module
 */
import { openPseudoTerminal } from '../simulators/pseudo-terminal.ts';

const { path } = await openPseudoTerminal();
process.stdout.write(`${path}\n`);
