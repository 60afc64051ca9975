/**
 * What a port probably speaks: each driver hears the same bytes at each usual speed, and the one
 * that understands them tells. Nothing is sent: a device that must be asked stays silent.
 * @module
 */
import type {
  DecodedObservation,
  Driver,
  Session,
  Transport,
  TransportState,
} from '@sigill/firmware-bridge';

export interface LineSettings {
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
}

export interface Heard {
  readonly settings: LineSettings;
  readonly bytes: number;
  /** The driver that understood something, with the first thing it understood; null if none did. */
  readonly understood: {
    readonly driver: string;
    readonly observations: number;
    readonly rejected: number;
    readonly first: DecodedObservation;
  } | null;
  /** Why the port was not open. */
  readonly reason: string | null;
}

/** Most frequent first, so that most ports are known after the first. */
export const USUAL_SETTINGS: readonly LineSettings[] = [
  { baudRate: 115_200, dataBits: 8, parity: 'none' },
  { baudRate: 9600, dataBits: 8, parity: 'none' },
  { baudRate: 4800, dataBits: 8, parity: 'none' },
  { baudRate: 9600, dataBits: 7, parity: 'even' },
  { baudRate: 19_200, dataBits: 8, parity: 'none' },
  { baudRate: 38_400, dataBits: 8, parity: 'none' },
  { baudRate: 57_600, dataBits: 8, parity: 'none' },
  { baudRate: 2400, dataBits: 8, parity: 'none' },
  { baudRate: 2400, dataBits: 7, parity: 'even' },
];

export interface ListenParts {
  readonly drivers: readonly Driver[];
  readonly settings: readonly LineSettings[];
  openPort(settings: LineSettings): Transport;
  wait(ms: number): Promise<void>;
  now(): number;
  /** Told before each speed is tried. */
  trying?(settings: LineSettings): void;
}

/**
 * Each setting for so long, until something is understood; the last element is the answer.
 * @param perSettingMs long enough for a device that speaks each second or two
 */
export async function listenTo(parts: ListenParts, perSettingMs: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (const settings of parts.settings) {
    parts.trying?.(settings);
    const one = await listenAt(parts, settings, perSettingMs);
    heard.push(one);
    if (one.understood !== null || one.reason !== null) break;
  }
  return heard;
}

async function listenAt(
  parts: ListenParts,
  settings: LineSettings,
  durationMs: number,
): Promise<Heard> {
  const ears = parts.drivers
    .filter(({ manifest }) => manifest.transports.includes('serial'))
    .map((driver) => createEar(driver));
  const transport = parts.openPort(settings);
  let bytes = 0;
  let state: TransportState | null = null;
  transport.start({
    chunk(chunk) {
      bytes += chunk.length;
      for (const ear of ears) ear.hear(chunk, parts.now());
    },
    state(next) {
      state = next;
    },
  });
  await parts.wait(durationMs);
  await transport.stop();
  const best = ears
    .flatMap((ear) => ear.understood() ?? [])
    .sort((a, b) => b.observations - a.observations || a.rejected - b.rejected)[0];
  return { settings, bytes, understood: best ?? null, reason: reasonOf(state) };
}

function reasonOf(state: TransportState | null): string | null {
  return state?.status === 'waiting' ? state.reason : null;
}

/** A driver's session that only listens. */
function createEar(driver: Driver) {
  const session: Session = driver.createSession({});
  let observations = 0;
  let rejected = 0;
  let first: DecodedObservation | null = null;
  return {
    hear(bytes: Uint8Array, nowMs: number): void {
      const step = session.receive({ bytes }, nowMs);
      rejected += step.rejected.length;
      for (const observation of step.observations) {
        observations += 1;
        first ??= observation;
      }
    },
    understood: () =>
      first === null ? null : { driver: driver.manifest.id, observations, rejected, first },
  };
}
