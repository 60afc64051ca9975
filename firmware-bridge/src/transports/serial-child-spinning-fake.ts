/**
 * A port holder that works without end and reads nothing.
 * @module
 */
await import('./serial-child.ts');

const TURN_MS = 4;

function turn(): void {
  const until = performance.now() + TURN_MS;
  while (performance.now() < until);
  setImmediate(turn);
}

turn();
