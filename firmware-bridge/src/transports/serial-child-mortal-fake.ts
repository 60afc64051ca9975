/**
 * A port holder that dies of the byte 0x04.
 * @module
 */
import type { ToChild } from './serial-messages.ts';

await import('./serial-child.ts');

process.on('message', (message: ToChild) => {
  if (message.type !== 'taken') return;
  process.stderr.write('died as told\n');
  process.exit(7);
});
