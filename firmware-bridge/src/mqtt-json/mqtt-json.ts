/**
 * Devices that publish JSON over MQTT: which member means what is set by options, or known by a profile.
 *
 * The frame of a message is its payload; where the device's name stands in the topic (`device: topic:N`), it is the topic,
 * a NUL, and the payload, so that the frame alone tells it again.
 * @module
 */
import { type Driver, type Manifest, optionsOf, perMessage } from '../driver.ts';
import { parseJson } from '../json/json.ts';
import { quantities } from '../quantities.ts';
import { observe } from './observe.ts';
import { profiles } from './profiles.ts';
import { KINDS, readSettings } from './settings.ts';

const manifest: Manifest = {
  id: 'mqtt-json',
  title: 'Devices that publish JSON over MQTT (Tasmota, Shelly, Zigbee2MQTT, your own)',
  spec: 'https://www.rfc-editor.org/rfc/rfc6901',
  transports: ['mqtt'],
  kinds: KINDS,
  quantities: [...quantities.keys()],
  options: {
    profile: {
      summary: `a known device: ${Object.keys(profiles).join(', ')}; empty: only what the options say`,
      default: '',
    },
    device: {
      summary:
        "where the device's name stands: /pointer, topic:N (the N-th level of the topic), or the name itself",
      default: '',
    },
    time: {
      summary: "where the device's time stands, and how: /Time iso, /ts unix, /ts unixms",
      default: '',
    },
    zone: {
      summary:
        'the time zone of a time that has no offset, such as Europe/Stockholm; else it is no time',
      default: '',
    },
    kind: { summary: `what the readings are: ${KINDS.join(', ')}`, default: '' },
    rest: {
      summary:
        'keep tells what no field names as other.mqtt-json.…, up to 100 members; drop leaves it out',
      default: 'keep',
    },
    'field.*': {
      summary:
        'where a quantity stands, its unit (- for none) and a scale: field.power.net="/P W 0.1"',
      default: '',
    },
  },
};

export const mqttJson: Driver = {
  manifest,
  createSession(given) {
    const settings = readSettings(optionsOf(manifest, given));
    const keepsTopic = settings.device.some(({ kind }) => kind === 'topic');
    return perMessage((payload, topic) => observe(settings, parseJson(payload), topic), {
      keepsTopic,
    });
  },
};
