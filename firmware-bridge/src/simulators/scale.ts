/**
 * The weighbridge of Sigillstad's recycling yard: every three minutes a lorry, loaded on its way in and empty on its way
 * out. It sends Toledo's continuous output, or A&D lines, or answers MT-SICS questions.
 * @module
 */
import { toledoChecksum } from '../waste/scale/toledo.ts';
import type { SimulatedDevice, SimulatorOptions } from './device.ts';
import { noise } from './random.ts';

export interface Load {
  readonly kilograms: number;
  readonly isMoving: boolean;
}

const VISIT = 180_000;
const ARRIVES = 40_000;
const DRIVES = 8000;
const LEAVES = 110_000;
const INCREMENT = 20;
// Channels of the noise.
const [EMPTY, CARGO, SWAY] = [2301, 2302, 2303];

export function createScale({ seed, options = {} }: SimulatorOptions): SimulatedDevice {
  const { dialect = 'toledo', checksum = 'required' } = options;
  let heard = '';
  return {
    speak(ms) {
      if (dialect === 'sics') return [];
      const load = loadAt(seed, ms);
      return [
        { bytes: dialect === 'and' ? andLine(load) : toledoFrame(load, checksum !== 'none') },
      ];
    },
    hear(bytes, ms) {
      if (dialect !== 'sics') return [];
      heard = (heard + String.fromCharCode(...bytes)).slice(-64);
      const lines = heard.split('\r\n');
      heard = lines.pop() ?? '';
      return lines.map((line) => ascii(`${answer(line, loadAt(seed, ms), seed)}\r\n`));
    },
  };
}

/** What lies on the bridge at an instant. */
export function loadAt(seed: number, ms: number): Load {
  const visit = Math.floor(ms / VISIT);
  const at = ms - visit * VISIT;
  // The same lorry comes twice: loaded, then empty.
  const lorry = Math.floor(visit / 2);
  const empty = 8000 + 6000 * noise(seed, EMPTY, lorry);
  const cargo = visit % 2 === 0 ? 1500 + 11_000 * noise(seed, CARGO, lorry) : 0;
  const full = INCREMENT * Math.round((empty + cargo) / INCREMENT);
  if (at < ARRIVES || at >= LEAVES + DRIVES) return { kilograms: 0, isMoving: false };
  if (at >= ARRIVES + DRIVES && at < LEAVES) return { kilograms: full, isMoving: false };
  const part = at < LEAVES ? (at - ARRIVES) / DRIVES : 1 - (at - LEAVES) / DRIVES;
  const sway = 120 * (noise(seed, SWAY, Math.floor(ms / 100)) - 0.5);
  const swaying = Math.max(INCREMENT, full * part + sway);
  return { kilograms: INCREMENT * Math.round(swaying / INCREMENT), isMoving: true };
}

function toledoFrame({ kilograms, isMoving }: Load, isChecked: boolean): Uint8Array {
  // Whole kilograms in steps of two (tens); gross, kg.
  const [a, b, c] = [0b0110010, isMoving ? 0b0111000 : 0b0110000, 0x20];
  const status = String.fromCharCode(a, b, c);
  const frame = ascii(`\x02${status}${String(kilograms).padStart(6)}     0\r`);
  return isChecked ? Uint8Array.of(...frame, toledoChecksum(frame)) : frame;
}

function andLine({ kilograms, isMoving }: Load): Uint8Array {
  return ascii(`${isMoving ? 'US' : 'ST'},GS,+${String(kilograms).padStart(7, '0')}kg\r\n`);
}

function answer(question: string, { kilograms, isMoving }: Load, seed: number): string {
  const weight = `${String(kilograms).padStart(10)} kg`;
  switch (question) {
    case 'I4':
      return `I4 A "SGL${String(seed >>> 0).padStart(7, '0')}"`;
    case 'SI':
      return `S ${isMoving ? 'D' : 'S'} ${weight}`;
    case 'S':
      return isMoving ? 'S I' : `S S ${weight}`;
    default:
      return 'ES';
  }
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
