/**
 * A port holder that opens and then answers nothing.
 * @module
 */
process.on('disconnect', () => process.exit(0));
process.on('message', (message: { type: string }) => {
  if (message.type === 'open') process.send?.({ type: 'open' });
});
