/**
 * What a simulated device is.
 * @module
 */

export interface SimulatorOptions {
  readonly seed: number;
  readonly installedAt?: number;
  /** Settings of the device, by the names of its driver's options: `meter=pzem004t`. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface SimulatedMessage {
  readonly bytes: Uint8Array;
  /** Where a device that publishes over MQTT publishes it. */
  readonly topic?: string;
}

/** A device at the other end of a line. Its time is its caller's: the same seed, asked at the same time, says the same. */
export interface SimulatedDevice {
  /** What it says by itself at this instant. */
  speak(ms: number): readonly SimulatedMessage[];
  /** What it answers to bytes that reach it, cut as they come. */
  hear(bytes: Uint8Array, ms: number): readonly Uint8Array[];
}

export interface SimulatorEntry {
  readonly title: string;
  /** How often the device speaks. */
  readonly intervalMs: number;
  create(options: SimulatorOptions): SimulatedDevice;
}

/** A device that only talks. */
export function talking(say: (ms: number) => Uint8Array): SimulatedDevice {
  return { speak: (ms) => [{ bytes: say(ms) }], hear: () => [] };
}
