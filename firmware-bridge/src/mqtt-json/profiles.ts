/**
 * What known devices publish, as data. A pointer is looked for in the message; of several the first that is there counts,
 * for a device may publish the same object whole, inside a larger one, or in an envelope.
 * Spec: Tasmota "MQTT" and "ENERGY" telemetry; Shelly API, generation 2, components EM, EMData and Switch;
 * Zigbee2MQTT "exposes".
 * @module
 */

export interface Profile {
  readonly title: string;
  readonly kind: string;
  /** Pointers, or `topic:N`. */
  readonly device: readonly string[];
  /** Pointer and format. */
  readonly time: string;
  readonly fields: readonly ProfileField[];
}

export interface ProfileField {
  readonly name: string;
  readonly pointers: readonly string[];
  readonly unit: string | null;
}

const tasmota = (name: string, member: string, unit: string | null): ProfileField => ({
  name,
  // By HTTP and in answers to commands it comes in an envelope.
  pointers: [`/ENERGY/${member}`, `/StatusSNS/ENERGY/${member}`],
  unit,
});

/** A member of a Shelly component: in a notification, in the whole status, or published by itself. */
const shelly = (
  component: string,
  name: string,
  member: string,
  unit: string | null,
): ProfileField => ({
  name,
  pointers: [`/params/${component}${member}`, `/${component}${member}`, member],
  unit,
});

const zigbee = (name: string, member: string, unit: string | null): ProfileField => ({
  name,
  pointers: [`/${member}`],
  unit,
});

const PHASES = [
  ['a', 'l1'],
  ['b', 'l2'],
  ['c', 'l3'],
] as const;

export const profiles: Readonly<Record<string, Profile>> = {
  tasmota: {
    title: 'plugs and meters with Tasmota (tele/…/SENSOR)',
    kind: 'meter',
    device: ['topic:2'],
    time: '/Time iso',
    fields: [
      tasmota('energy.import', 'Total', 'kWh'),
      tasmota('energy.export', 'ExportActive', 'kWh'),
      tasmota('power.net', 'Power', 'W'),
      tasmota('power.apparent', 'ApparentPower', 'VA'),
      tasmota('power.reactive.net', 'ReactivePower', 'var'),
      tasmota('power.factor', 'Factor', null),
      tasmota('voltage', 'Voltage', 'V'),
      tasmota('current', 'Current', 'A'),
      tasmota('frequency', 'Frequency', 'Hz'),
    ],
  },
  shelly: {
    title: 'Shelly meters and plugs of generation 2 and later (…/events/rpc, …/status/…)',
    kind: 'meter',
    device: ['/src', 'topic:1'],
    time: '/params/ts unix',
    fields: [
      ...PHASES.flatMap(([phase, l]) => [
        shelly('em:0', `power.net.${l}`, `/${phase}_act_power`, 'W'),
        shelly('em:0', `power.apparent.${l}`, `/${phase}_aprt_power`, 'VA'),
        shelly('em:0', `power.factor.${l}`, `/${phase}_pf`, null),
        shelly('em:0', `voltage.${l}`, `/${phase}_voltage`, 'V'),
        shelly('em:0', `current.${l}`, `/${phase}_current`, 'A'),
        shelly('emdata:0', `energy.import.${l}`, `/${phase}_total_act_energy`, 'Wh'),
        shelly('emdata:0', `energy.export.${l}`, `/${phase}_total_act_ret_energy`, 'Wh'),
      ]),
      shelly('em:0', 'power.net', '/total_act_power', 'W'),
      shelly('em:0', 'power.apparent', '/total_aprt_power', 'VA'),
      shelly('em:0', 'current', '/total_current', 'A'),
      shelly('em:0', 'current.neutral', '/n_current', 'A'),
      shelly('em:0', 'frequency', '/a_freq', 'Hz'),
      shelly('emdata:0', 'energy.import', '/total_act', 'Wh'),
      shelly('emdata:0', 'energy.export', '/total_act_ret', 'Wh'),
      shelly('switch:0', 'power.net', '/apower', 'W'),
      shelly('switch:0', 'voltage', '/voltage', 'V'),
      shelly('switch:0', 'current', '/current', 'A'),
      shelly('switch:0', 'frequency', '/freq', 'Hz'),
      shelly('switch:0', 'power.factor', '/pf', null),
      shelly('switch:0', 'energy.import', '/aenergy/total', 'Wh'),
      shelly('switch:0', 'temperature', '/temperature/tC', 'Cel'),
    ],
  },
  zigbee2mqtt: {
    title: 'plugs and climate sensors behind Zigbee2MQTT (zigbee2mqtt/…)',
    kind: 'meter',
    device: ['topic:2'],
    time: '/last_seen iso',
    fields: [
      zigbee('energy.import', 'energy', 'kWh'),
      zigbee('power.net', 'power', 'W'),
      zigbee('current', 'current', 'A'),
      zigbee('frequency', 'ac_frequency', 'Hz'),
      zigbee('power.factor', 'power_factor', null),
      zigbee('temperature', 'temperature', 'Cel'),
      zigbee('humidity', 'humidity', '%RH'),
      zigbee('pressure', 'pressure', 'hPa'),
      zigbee('battery.level', 'battery', '%'),
    ],
  },
};
