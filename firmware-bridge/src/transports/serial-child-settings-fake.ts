/**
 * A port holder that opens nothing and sends back how it was to be set.
 * @module
 */
import type { ToChild } from './serial-messages.ts';

process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToChild) => {
  if (message.type === 'ping') process.send?.({ type: 'pong' });
  if (message.type !== 'open') return;
  process.send?.({ type: 'open' });
  process.send?.({ type: 'chunk', bytes: Buffer.from(JSON.stringify(message.settings)) });
});
