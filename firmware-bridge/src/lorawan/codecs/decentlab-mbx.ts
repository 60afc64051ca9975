/**
 * Decentlab DL-MBX ultrasonic distance and level sensors, protocol 2, high byte first:
 *
 *     02  device(2)  flags(2)  [bit 0: distance(2) samples(2)]  [bit 1: millivolts(2)]
 *
 * Spec: Decentlab DL-MBX-001/002/003 data sheet, payload format.
 * @module
 */
import { type Codec, type Fields, field, scaled, unfit } from './codec.ts';

const ID = 'decentlab-mbx';
const PROTOCOL = 2;
const HEADER = 5;
const KNOWN_FLAGS = 0b11;

export const decentlabMbx: Codec = {
  id: ID,
  title: 'Decentlab DL-MBX ultrasonic level sensors',
  spec: 'https://www.decentlab.com/products/ultrasonic-distance-/-level-sensor-for-lorawan',
  quantities: ['device.id', 'distance', 'battery.voltage'],
  decode: (payload) => {
    if (payload.length < HEADER) throw unfit(ID, `${payload.length} bytes`);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    if (view.getUint8(0) !== PROTOCOL) throw unfit(ID, `protocol ${view.getUint8(0)}`);
    const flags = view.getUint16(3);
    if ((flags & ~KNOWN_FLAGS) !== 0) throw unfit(ID, `flags 0x${flags.toString(16)}`);
    const due = HEADER + (flags & 1 ? 4 : 0) + (flags & 2 ? 2 : 0);
    if (payload.length !== due) throw unfit(ID, `${payload.length} bytes in place of ${due}`);
    const fields: Fields = { 'device.id': field(String(view.getUint16(1)), null, 'device') };
    if (flags & 1) {
      fields.distance = scaled(view.getUint16(HEADER), 0, 'mm', 'distance');
      fields['other.decentlab.samples'] = scaled(view.getUint16(HEADER + 2), 0, null, 'samples');
    }
    if (flags & 2) fields['battery.voltage'] = scaled(view.getUint16(due - 2), 0, 'mV', 'battery');
    return [{ kind: flags & 1 ? 'level' : 'device', fields }];
  },
};
