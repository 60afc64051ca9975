import { describe, expect, it } from 'vitest';
import {
  MAX_MESSAGE_LENGTH,
  type Manifest,
  type Observation,
  optionsOf,
  perMessage,
} from './driver.ts';
import { DecodeError } from './errors.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

const echo = (payload: Uint8Array, topic?: string): Observation[] => {
  const text = new TextDecoder().decode(payload);
  if (text === 'bad') throw new DecodeError('FRAME_SYNTAX', 'bad');
  return [
    {
      kind: 'text',
      device: topic ?? '',
      time: null,
      fields: { 'message.text': { value: text, unit: null, code: null } },
    },
  ];
};

describe('perMessage', () => {
  it('reads each message by itself, and counts the bytes before it', () => {
    const session = perMessage(echo);
    session.receive({ bytes: utf8('one'), topic: 'a' }, 0);
    const [second] = session.receive({ bytes: utf8('two'), topic: 'b' }, 0).observations;
    expect(second).toMatchObject({ device: 'b', offset: 3, frame: utf8('two') });
  });

  it('refuses what does not decode, and goes on', () => {
    const session = perMessage(echo);
    const { rejected, observations } = session.receive({ bytes: utf8('bad') }, 0);
    expect(observations).toEqual([]);
    expect(rejected).toMatchObject([{ code: 'FRAME_SYNTAX', offset: 0, length: 3 }]);
    expect(session.receive({ bytes: utf8('good') }, 0).observations).toHaveLength(1);
  });

  it('refuses a message longer than a broker takes', () => {
    const { rejected } = perMessage(echo).receive(
      { bytes: new Uint8Array(MAX_MESSAGE_LENGTH + 1) },
      0,
    );
    expect(rejected).toMatchObject([{ code: 'FRAME_TOO_LONG' }]);
  });

  it('keeps the topic in the frame where it is asked to, and reads it back from there', () => {
    const input = { bytes: utf8('21.5'), topic: 'barn/1/state' };
    const [told] = perMessage(echo, { keepsTopic: true }).receive(input, 0).observations;
    expect(told).toMatchObject({ device: 'barn/1/state', frame: utf8('barn/1/state\x0021.5') });
    const frame = told?.frame ?? new Uint8Array();
    const again = perMessage(echo, { keepsTopic: true }).receive({ bytes: frame }, 0);
    expect(again.observations).toEqual([told]);
  });
});

describe('optionsOf', () => {
  const manifest: Manifest = {
    id: 'any',
    title: '',
    spec: '',
    transports: ['mqtt'],
    kinds: [],
    quantities: [],
    options: {
      zone: { summary: '', default: 'UTC' },
      'field.*': { summary: '', default: '' },
    },
  };

  it('completes what is given by the defaults', () => {
    expect(optionsOf(manifest, {})).toEqual({ zone: 'UTC' });
  });

  it('takes any name that a pattern stands for', () => {
    expect(optionsOf(manifest, { 'field.power.import': '/P' })).toEqual({
      zone: 'UTC',
      'field.power.import': '/P',
    });
  });

  it.each(['fields', 'field.*', 'field', 'toString'])('knows no option %s', (name) => {
    expect(() => optionsOf(manifest, { [name]: '1' })).toThrow(/has no option .* zone, field\.\*/);
  });
});
