import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPseudoTerminal } from './pseudo-terminal.ts';

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('pseudo-terminal', () => {
  it('passes every byte both ways, and is gone when closed', async () => {
    const terminal = await openPseudoTerminal();
    const reader = createReadStream(terminal.path);
    await once(reader, 'open');
    terminal.write(EVERY_BYTE);
    const received: number[] = [];
    for await (const chunk of reader) {
      received.push(...(chunk as Buffer));
      if (received.length >= 256) break;
    }
    expect(Uint8Array.from(received)).toEqual(EVERY_BYTE);

    const written = new Promise<Uint8Array>((resolve) => {
      const bytes: number[] = [];
      terminal.onData((chunk) => {
        bytes.push(...chunk);
        if (bytes.length >= 256) resolve(Uint8Array.from(bytes));
      });
    });
    createWriteStream(terminal.path).end(Buffer.from(EVERY_BYTE));
    expect(await written).toEqual(EVERY_BYTE);

    await terminal.close();
    expect(existsSync(terminal.path)).toBe(false);
  });

  it('neither waits for a reader nor keeps all it missed', async () => {
    const terminal = await openPseudoTerminal();
    for (let sent = 0; sent < 1000; sent++) terminal.write(new Uint8Array(1000).fill(sent % 256));
    const reader = createReadStream(terminal.path);
    const received: number[] = [];
    reader.on('data', (chunk) => received.push(...(chunk as Buffer)));
    reader.on('error', () => {}); // it ends with the terminal
    await expect
      .poll(() => {
        terminal.write(EVERY_BYTE); // dropped until there is room
        return Uint8Array.from(received.slice(-256));
      })
      .toEqual(EVERY_BYTE);
    expect(received.length).toBeLessThan(120_000);
    await terminal.close();
  });
});
