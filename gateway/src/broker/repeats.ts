/**
 * What each client published last, so that a repeat of it is acknowledged again and not taken in again. In memory: it
 * outlives connections, not this process.
 * @module
 */
import { createSenderMemory, type Room, type SenderMemory } from '@sigill/firmware-bridge';

export interface Repeats<T> {
  /** Of a client by its identifier. */
  of(client: string): SenderMemory<T>;
}

// Of about 300 bytes each. A client that has one message under way at a time takes 16 of them.
const MAX_MESSAGES = 65_536;

/** Of more clients those known for longest are forgotten. */
export function createRepeats<T>(maxClients: number): Repeats<T> {
  const memories = new Map<string, SenderMemory<T>>();
  const room: Room = { left: MAX_MESSAGES };

  function forgetOldest(): void {
    const [oldest] = memories;
    oldest![1].clear();
    memories.delete(oldest![0]);
  }

  return {
    of(client) {
      const known = memories.get(client);
      if (known !== undefined) return known;
      while (memories.size > 0 && (memories.size >= maxClients || room.left === 0)) forgetOldest();
      const memory = createSenderMemory<T>(room);
      memories.set(client, memory);
      return memory;
    },
  };
}
