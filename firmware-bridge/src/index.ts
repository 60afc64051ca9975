/**
 * Device bytes in, observations out: the public face, exports only.
 * @module
 */
export type { Command, CommandIo } from './command.ts';
export * from './drivers.ts';
export * from './quantities.ts';
