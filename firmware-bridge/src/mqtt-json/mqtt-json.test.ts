import { describe, expect, it } from 'vitest';
import { type MessageVector, payloadOf, testMessageDriver } from '../testing/message-contract.ts';
import { mqttJson } from './mqtt-json.ts';
import vectors from './mqtt-json.vectors.json' with { type: 'json' };

testMessageDriver(mqttJson, vectors as unknown as MessageVector[]);

const utf8 = (text: string) => new TextEncoder().encode(text);

function observe(options: Readonly<Record<string, string>>, payload: unknown, topic?: string) {
  const bytes = payloadOf({ payload });
  const session = mqttJson.createSession(options);
  return session.receive(topic === undefined ? { bytes } : { bytes, topic }, 0).observations;
}

describe('mqtt-json', () => {
  it('keeps the topic in the frame where it names the device, and only there', () => {
    const [byTopic] = observe({}, '{"a":1}', 'barn/7/up');
    expect(byTopic).toMatchObject({ device: '7', frame: utf8('barn/7/up\0{"a":1}') });
    const [byPointer] = observe({ device: '/id' }, '{"id":"x","a":1}', 'barn/7/up');
    expect(byPointer).toMatchObject({ device: 'x', frame: utf8('{"id":"x","a":1}') });
  });

  it('tells no device where none is named', () => {
    expect(observe({ device: 'topic:9' }, '{"a":1}', 'barn/7')[0]?.device).toBe('');
    expect(observe({ device: '/id' }, '{"id":{"x":1},"a":1}')[0]?.device).toBe('');
    expect(observe({ device: '/id' }, { id: 'x'.repeat(65), a: 1 })[0]?.device).toBe('');
  });

  it('keeps names and texts within what a reading takes', () => {
    const payload = {
      'a b': 1,
      å: 2,
      ['x'.repeat(200)]: 3,
      long: 'y'.repeat(2000),
      ok: 'z',
    };
    const [told] = observe({}, payload, 'a/b');
    expect(Object.keys(told?.fields ?? {})).toEqual([
      'other.mqtt-json.a%20b',
      'other.mqtt-json.%C3%A5',
      'other.mqtt-json.ok',
    ]);
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`m${i}`, 'v'.repeat(900)]),
    );
    const characters = JSON.stringify(observe({}, many, 'a/b')[0]?.fields).length;
    expect(characters).toBeLessThan(30_000);
  });

  it('tells nothing of a message that holds nothing it was asked for', () => {
    expect(observe({ rest: 'drop', 'field.level': '/x %' }, '{"y":1}')).toEqual([]);
  });

  it.each([
    ['2026-01-18T10:19:21Z', 'iso', '2026-01-18T10:19:21.000Z'],
    ['2026-01-18 11:19:21.5+01:00', 'iso', '2026-01-18T10:19:21.500Z'],
    ['2026-01-18T11:19', 'iso', '2026-01-18T10:19:00.000Z'],
    ['2026-10-25T02:30:00', 'iso', null],
    ['2026-02-30T02:30:00', 'iso', null],
    ['1970-01-01T00:00:10Z', 'iso', null],
    [1768731561, 'unix', '2026-01-18T10:19:21.000Z'],
    [1768731561.25, 'unix', '2026-01-18T10:19:21.250Z'],
    [12, 'unix', null],
    ['soon', 'unixms', null],
  ])('reads the time %s as %s: %s', (at, format, time) => {
    const options = { device: 'x', time: `/at ${format}`, zone: 'Europe/Stockholm' };
    const ms = observe(options, { at, a: 1 })[0]?.time ?? null;
    expect(ms === null ? null : new Date(ms).toISOString()).toBe(time);
  });

  it.each([
    [{ profile: 'sonoff' }, /profile is one of tasmota, shelly, zigbee2mqtt, not sonoff/],
    [{ profile: 'toString' }, /profile is one of/],
    [{ kind: 'toy' }, /kind is one of meter/],
    [{ rest: 'some' }, /rest is keep or drop/],
    [{ device: 'topic:0' }, /counts the levels of the topic from 1/],
    [{ time: '/t noon' }, /a time is iso, unix or unixms/],
    [{ zone: 'Europe/Atlantis', time: '/t iso' }, /no IANA time zone/],
    [{ 'field.power': '/P W' }, /there is no quantity power/],
    [{ 'field.power.net': '/P kg' }, /has the unit W, kW, MW, not kg/],
    [{ 'field.power.net': '/P' }, /has the unit W, kW, MW, not -/],
    [{ 'field.power.net': 'P W' }, /is a pointer, a unit and a scale/],
    [{ 'field.power.net': '/P W x' }, /scale is a decimal number/],
    [{ 'field.device.time': '/t' }, /is a time; the device's own time is the option time/],
    [{ speed: '1' }, /has no option speed/],
  ])('refuses the options %o', (options, message) => {
    expect(() => mqttJson.createSession(options as Record<string, string>)).toThrow(message);
  });
});
