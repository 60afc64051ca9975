/**
 * The module at the gate of a recycling yard: it reads the bins and crates that are carried through, and says many times
 * a second when it sees none.
 * @module
 */
import { encodeEpc } from '../identifiers/epc-binary.ts';
import { crc16Gen2 } from '../rfid/crc16-gen2.ts';
import {
  COMMAND,
  createM100Framer,
  decodeFrame,
  encodeFrame,
  type Framing,
  type M100Frame,
  NOTICE,
  RESPONSE,
} from '../rfid/yrm100/m100-frame.ts';
import {
  ERROR,
  GET_POWER,
  GET_REGION,
  INFORMATION,
  INVENTORY,
  NO_TAG,
  REGIONS,
  SET_POWER,
  SET_REGION,
  STOP,
  TAG,
} from '../rfid/yrm100/observe.ts';
import type { SimulatedDevice, SimulatorOptions } from './device.ts';
import { type Gate, ROUND_MS, type Sighting, sightingsAt } from './gate-traffic.ts';
import { noise } from './random.ts';

// GS1 keeps 950 for demonstrations.
const PREFIX = '9506000';
const SLOT_MS = 30_000;
const [LOAD, KIND, SERIAL] = [5001, 5002, 5003];
const BINS = 400;
const COMMAND_WRONG = 0x17;
const TEXTS = ['M100 26dBm V1.0', 'V2.3.5', 'Sigill'];

export function createYrm100Simulator({ seed, options }: SimulatorOptions): SimulatedDevice {
  const gate: Gate = {
    seed,
    slotMs: SLOT_MS,
    traffic: 0.6,
    antennas: [1],
    load: (slot) => bins(seed, slot),
  };
  const framing: Framing = options?.framing === 'aa' ? 'aa' : 'bb';
  // A module goes on with what it did when it was last told to: it looks for tags.
  let isLooking = true;
  let region = REGIONS.eu as number;
  let power = 2600;
  const framer = createM100Framer();

  const frame = (type: number, command: number, parameters: Iterable<number>) =>
    encodeFrame({ framing, type, command, parameters: Uint8Array.from(parameters) });
  const answerTo = ({ command, parameters }: M100Frame): Uint8Array[] => {
    const answer = (...bytes: readonly number[]) => [frame(RESPONSE, command, bytes)];
    switch (command) {
      case STOP:
        isLooking = false;
        return answer(0);
      case INVENTORY:
        isLooking = true;
        return [];
      case INFORMATION: {
        const [which = 0] = parameters;
        return answer(which, ...new TextEncoder().encode(TEXTS[which] ?? ''));
      }
      case SET_REGION:
        region = parameters[0] ?? region;
        return answer(0);
      case GET_REGION:
        return answer(region);
      case SET_POWER:
        power = ((parameters[0] ?? 0) << 8) | (parameters[1] ?? 0);
        return answer(0);
      case GET_POWER:
        return answer(power >> 8, power & 0xff);
      default:
        return [frame(RESPONSE, ERROR, [COMMAND_WRONG])];
    }
  };
  return {
    speak(ms) {
      if (!isLooking) return [];
      const seen = sightingsAt(gate, ms);
      if (seen.length > 0)
        return seen.map((sighting) => ({ bytes: frame(NOTICE, TAG, notice(sighting)) }));
      // Once a second, where a real one says it every round: enough to tell that it lives.
      return ms % 1000 < ROUND_MS ? [{ bytes: frame(RESPONSE, ERROR, [NO_TAG]) }] : [];
    },
    hear(bytes) {
      return framer.push(bytes).flatMap((cut) => {
        if ('error' in cut) return [];
        const heard = decodeFrame(cut.bytes);
        // One of the other framing does not understand a word.
        if (heard.type !== COMMAND || heard.framing !== framing) return [];
        return answerTo(heard);
      });
    },
  };
}

/** What somebody carries through: their own bin, or several crates. */
function bins(seed: number, slot: number): readonly string[] {
  const count = noise(seed, LOAD, slot) < 0.6 ? 1 : 2 + Math.floor(noise(seed, KIND, slot) * 4);
  return Array.from({ length: count }, (_, i) =>
    encodeEpc({
      type: 'grai',
      scheme: 'grai-96',
      filter: 0,
      parts: [PREFIX, '00240', String(1 + Math.floor(noise(seed, SERIAL, slot, i) * BINS))],
    }),
  );
}

function* notice({ epc, rssi }: Sighting): Generator<number> {
  const body = Uint8Array.from([
    0x30, // PC: six words of EPC
    0x00,
    ...(epc.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)),
  ]);
  const crc = crc16Gen2(body);
  yield rssi & 0xff;
  yield* body;
  yield crc >> 8;
  yield crc & 0xff;
}
