/**
 * Messages of real devices, from a folder that is not part of this repository: SIGILL_CORPUS names it.
 */
import { readFileSync } from 'node:fs';
import { formatDecimal, isDecimal } from '@sigill/evidence';
import { describe, expect, it } from 'vitest';
import type { DecodedObservation } from '../driver.ts';
import { mqttJson } from './mqtt-json.ts';

const folder = process.env.SIGILL_CORPUS ? `${process.env.SIGILL_CORPUS}/mqtt` : '';
const title = folder ? 'mqtt-json corpus' : 'mqtt-json corpus (skipped: no SIGILL_CORPUS)';
const utf8 = (text: string) => new TextEncoder().encode(text);

function told({ fields }: DecodedObservation, name: string): number | undefined {
  const value = fields[name]?.value;
  return isDecimal(value) ? Number(formatDecimal(value)) : undefined;
}

describe.skipIf(folder === '')(title, () => {
  it('tells every number of Tasmota under its quantity', () => {
    const messages: { topic: string; payload: string }[] = JSON.parse(
      readFileSync(`${folder}/tasmota_sensor.json`, 'utf8'),
    );
    for (const { topic, payload } of messages) {
      const session = mqttJson.createSession({ profile: 'tasmota', zone: 'Europe/Berlin' });
      const { observations, rejected } = session.receive({ bytes: utf8(payload), topic }, 0);
      expect(rejected).toEqual([]);
      const [observation] = observations;
      if (!observation) throw new Error('nothing told');
      expect(observation.device).toBe(topic.split('/')[1]);
      expect(observation.time).not.toBeNull();
      const { ENERGY } = JSON.parse(payload);
      for (const [name, member] of [
        ['energy.import', 'Total'],
        ['power.net', 'Power'],
        ['power.apparent', 'ApparentPower'],
        ['power.reactive.net', 'ReactivePower'],
        ['power.factor', 'Factor'],
        ['voltage', 'Voltage'],
        ['current', 'Current'],
      ] as const)
        if (Array.isArray(ENERGY[member]))
          for (const [i, due] of ENERGY[member].entries())
            expect(told(observation, `${name}.l${i + 1}`), name).toBe(due);
        else expect(told(observation, name), name).toBe(ENERGY[member]);
    }
  });

  it('tells every phase of a Shelly Pro 3EM, in its whole status as in its notifications', () => {
    const { status, shelly } = JSON.parse(
      readFileSync(`${folder}/shelly_pro_3em_status.json`, 'utf8'),
    );
    const notification = { src: shelly.id, method: 'NotifyStatus', params: status };
    for (const [payload, topic] of [
      [status, `${shelly.id}/rpc`],
      [notification, 'any/events/rpc'],
    ]) {
      const session = mqttJson.createSession({ profile: 'shelly' });
      const bytes = utf8(JSON.stringify(payload));
      const [observation] = session.receive({ bytes, topic }, 0).observations;
      if (!observation) throw new Error('nothing told');
      expect(observation.device).toBe(shelly.id);
      const em = status['em:0'];
      const data = status['emdata:0'];
      for (const [phase, l] of [
        ['a', 'l1'],
        ['b', 'l2'],
        ['c', 'l3'],
      ]) {
        expect(told(observation, `power.net.${l}`)).toBe(em[`${phase}_act_power`]);
        expect(told(observation, `voltage.${l}`)).toBe(em[`${phase}_voltage`]);
        expect(told(observation, `current.${l}`)).toBe(em[`${phase}_current`]);
        expect(told(observation, `power.factor.${l}`)).toBe(em[`${phase}_pf`]);
        expect(told(observation, `energy.import.${l}`)).toBe(data[`${phase}_total_act_energy`]);
      }
      expect(told(observation, 'power.net')).toBe(em.total_act_power);
      expect(told(observation, 'energy.import')).toBe(data.total_act);
      expect(told(observation, 'energy.export')).toBe(data.total_act_ret);
      expect(observation.fields['current.neutral']).toBeUndefined();
    }
  });
});
