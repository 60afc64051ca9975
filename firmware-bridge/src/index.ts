/**
 * Device bytes in, observations out: the public face, exports only.
 * @module
 */
export * from './drivers.ts';
export * from './quantities.ts';
