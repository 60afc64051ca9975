/**
 * A way to a device that cannot be made yet, such as one whose password file is missing: it waits with
 * the reason in sight and is tried again, so that the other sources go on.
 * @module
 */
import type { Transport, TransportListener } from '@sigill/firmware-bridge';
import { TransportError } from '@sigill/firmware-bridge';
import type { Timers } from '../timers.ts';

// Long enough to cost nothing, short enough for whoever mends it and waits.
const RETRY_MS = 5000;

export function openLater(open: () => Transport, timers: Timers): Transport {
  let transport: Transport | null = null;
  let cancel: () => void = () => undefined;

  function attempt(listener: TransportListener): void {
    try {
      transport = open();
    } catch (error) {
      const code = error instanceof TransportError ? error.code : 'ADDRESS_INVALID';
      const reason = error instanceof Error ? error.message : String(error);
      listener.state({ status: 'waiting', reason, code });
      cancel = timers.after(RETRY_MS, () => attempt(listener));
      return;
    }
    transport.start(listener);
  }

  return {
    start: attempt,
    async write(bytes) {
      if (transport === null) throw new TransportError('NOT_OPEN', 'the way is not open yet');
      await transport.write(bytes);
    },
    pause: () => transport?.pause?.(),
    resume: () => transport?.resume?.(),
    reset: (reason) => transport?.reset?.(reason),
    async stop() {
      cancel();
      await transport?.stop();
    },
  };
}
