/**
 * A port holder whose writes never end.
 * @module
 */
process.on('disconnect', () => process.exit(0));
process.on('message', (message: { type: string }) => {
  if (message.type === 'open') process.send?.({ type: 'open' });
  if (message.type === 'ping') process.send?.({ type: 'pong' });
});
