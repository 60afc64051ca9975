/**
 * The devices of the campaign: an adapter that is pulled and put back, and three that stay.
 * @module
 */
import { rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { openPseudoTerminal, type PseudoTerminal } from '@sigill/firmware-bridge/simulators';
import { p1Telegram } from '../testing/p1-telegram.ts';

const SAY_MS = 100;
const PLUGGED_SAY_MS = 50;

/** As fast as it is taken. */
export function babble(write: (bytes: Uint8Array) => void): () => void {
  const noise = Uint8Array.from({ length: 16_384 }, (_, i) => (i * 167 + (i >> 3) * 13) & 0xff);
  const timer = setInterval(() => write(noise), 5);
  return () => clearInterval(timer);
}

export interface Plug {
  readonly path: string;
  isSilent: boolean;
  /** The number of the last telegram it said. */
  readonly said: number;
  /** `asOther`: not under the number it had last. */
  plugIn(asOther: boolean): Promise<void>;
  /** `linkFirst`: else the link dangles for a moment, as after a crash of the adapter. */
  pull(linkFirst: boolean): Promise<void>;
  write(bytes: Uint8Array): void;
}

/** While it is in, it says a telegram now and then. */
export function createPlug(path: string): Plug {
  let terminal: PseudoTerminal | null = null;
  let value = 0;
  let isSilent = false;
  const timer = setInterval(() => {
    if (terminal !== null && !isSilent) terminal.write(telegram(++value));
  }, PLUGGED_SAY_MS);
  timer.unref();
  return {
    path,
    get said() {
      return value;
    },
    get isSilent() {
      return isSilent;
    },
    set isSilent(silent) {
      isSilent = silent;
    },
    async plugIn(asOther) {
      // A number is free for the next: held for a moment, it goes to nobody.
      const held = asOther ? await openPseudoTerminal() : null;
      terminal = await openPseudoTerminal();
      await held?.close();
      symlinkSync(terminal.path, path);
    },
    async pull(linkFirst) {
      const last = terminal;
      terminal = null;
      if (linkFirst) rmSync(path, { force: true });
      await last?.close();
      rmSync(path, { force: true });
    },
    write: (bytes) => terminal?.write(bytes),
  };
}

export interface Devices {
  readonly port: PseudoTerminal;
  readonly tcpPort: number;
  say(deliver: (payload: Uint8Array) => Promise<void>): {
    sent(name: string): number;
    stop(): Promise<void>;
  };
  /** Over TCP. */
  babble(): () => void;
  stop(): Promise<void>;
}

export async function startDevices(): Promise<Devices> {
  const port = await openPseudoTerminal();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  const tcpPort = await listening(server);
  const toTcp = (bytes: Uint8Array) => {
    for (const socket of sockets) if (socket.writableLength < 1e6) socket.write(bytes);
  };
  return {
    port,
    tcpPort,
    say(deliver) {
      let sent = 0;
      let answered = Promise.resolve();
      const timer = setInterval(() => {
        const bytes = telegram(++sent);
        port.write(bytes);
        toTcp(bytes);
        answered = Promise.all([answered, deliver(bytes)]).then(() => undefined);
      }, SAY_MS);
      return {
        sent: () => sent,
        async stop() {
          clearInterval(timer);
          await answered;
        },
      };
    },
    babble: () => babble(toTcp),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await port.close();
    },
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

/** Numbered in watts. */
function telegram(value: number): Uint8Array {
  const digits = String(value).padStart(5, '0');
  const kilowatts = `${digits.slice(0, 2)}.${digits.slice(2)}`;
  return p1Telegram({ meter: '4530303331', kilowatts, time: '261122103000W' });
}
