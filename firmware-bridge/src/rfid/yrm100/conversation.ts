/**
 * What is asked of a module, and when: first to be quiet, then its settings, then to look for tags without end; again
 * when it falls silent. It answers one command at a time.
 * @module
 */
import { COMMAND, encodeFrame, type Framing, type M100Frame, NOTICE } from './m100-frame.ts';
import {
  ERROR,
  GET_POWER,
  GET_REGION,
  INFORMATION,
  INVENTORY,
  SET_POWER,
  SET_REGION,
  STOP,
  TAG,
} from './observe.ts';

export interface Settings {
  readonly framing: Framing | 'auto';
  readonly region: number | null;
  /** Hundredths of a dBm. */
  readonly power: number | null;
}

export interface Turn {
  readonly send: readonly Uint8Array[];
  readonly nextTickMs: number | null;
  readonly reset: string | null;
}

export interface Conversation {
  heard(frame: M100Frame, nowMs: number): void;
  turn(nowMs: number): Turn;
}

// A module answers a setting within 100 ms, and while it looks for tags it says so or sees one many times a second.
const ANSWER_MS = 500;
const SILENCE_MS = 3000;
// Half a minute and more of asking, in either framing: a module that boots has answered by then.
const MAX_UNANSWERED = 60;
// As many rounds as the command can ask for; it is asked again when they are over.
const ROUNDS = [TAG, 0xff, 0xff];

interface Request {
  readonly command: number;
  readonly parameters: readonly number[];
}

export function createConversation(settings: Settings): Conversation {
  const opening = openingOf(settings);
  let framing: Framing = settings.framing === 'auto' ? 'bb' : settings.framing;
  let queue = [...opening];
  let asked: Request | null = null;
  let waitUntilMs = 0;
  let unanswered = 0;
  let known = false;

  const begin = () => {
    queue = [...opening];
    asked = null;
  };
  return {
    heard(frame, nowMs) {
      known = true;
      unanswered = 0;
      if (settings.framing === 'auto') framing = frame.framing;
      const answers = frame.command === asked?.command || frame.command === ERROR;
      if (asked !== null && asked.command !== INVENTORY && frame.type !== NOTICE && answers) {
        asked = null;
        waitUntilMs = nowMs;
      } else if (asked === null || asked.command === INVENTORY) waitUntilMs = nowMs + SILENCE_MS;
    },
    turn(nowMs) {
      // A clock set back must not stop the conversation.
      if (nowMs < waitUntilMs && waitUntilMs - nowMs <= SILENCE_MS)
        return { send: [], nextTickMs: waitUntilMs, reset: null };
      let reset: string | null = null;
      if (asked !== null) {
        unanswered++;
        if (asked.command === INVENTORY || !known) begin();
        if (!known && settings.framing === 'auto') framing = framing === 'bb' ? 'aa' : 'bb';
        if (unanswered >= MAX_UNANSWERED) {
          reset =
            'the module answers nothing: check its power, its wires (TX to RX) and the baud rate';
          unanswered = 0;
        }
      }
      asked = queue.shift() ?? { command: INVENTORY, parameters: ROUNDS };
      waitUntilMs = nowMs + (asked.command === INVENTORY ? SILENCE_MS : ANSWER_MS);
      const parameters = Uint8Array.from(asked.parameters);
      const frame = encodeFrame({ framing, type: COMMAND, command: asked.command, parameters });
      return { send: [frame], nextTickMs: waitUntilMs, reset };
    },
  };
}

function openingOf({ region, power }: Settings): readonly Request[] {
  const requests: Request[] = [
    { command: STOP, parameters: [] },
    { command: INFORMATION, parameters: [0] },
    { command: INFORMATION, parameters: [1] },
  ];
  if (region !== null) requests.push({ command: SET_REGION, parameters: [region] });
  if (power !== null) requests.push({ command: SET_POWER, parameters: [power >> 8, power & 0xff] });
  requests.push({ command: GET_REGION, parameters: [] }, { command: GET_POWER, parameters: [] });
  return requests;
}
