/**
 * What is asked of a reader: to look for tags without end and to tell each at once, or once a period.
 * Spec: LLRP 1.1 §17.2.4 ROSpec, §17.2.7 reports, §17.3 in §18.1 for Gen2.
 * @module
 */
import { concat, tlv, u8, u16, u32 } from './parameters.ts';

export interface Inventory {
  /** Empty: every antenna the reader has. */
  readonly antennas: readonly number[];
  /** Of the reader's own tables; null leaves it as the reader has it. */
  readonly transmit: { readonly hopTable: number; readonly powerIndex: number } | null;
  /** Gen2 session 0 to 3: how long a tag that was read stays silent. Null leaves it as the reader has it. */
  readonly session: number | null;
  /** 0: without end, each sighting at once; else one report in so many milliseconds. */
  readonly durationMs: number;
}

export const ROSPEC_ID = 1;
const ALL_ANTENNAS = 0;
const C1G2 = 1;
const TRIGGER = { none: 0, immediate: 1, periodic: 2 };
const DURATION = 1;

// Tags expected at once; a reader takes it as a hint and adapts.
const TAG_POPULATION = 32;

export function encodeRospec(inventory: Inventory): Uint8Array {
  return tlv(
    177,
    u32(ROSPEC_ID),
    u8(0, 0), // priority; disabled, as one to be added must be
    boundary(inventory),
    antennaRounds(inventory),
    reports(inventory),
  );
}

function boundary({ durationMs }: Inventory): Uint8Array {
  const [start, stop] =
    durationMs === 0
      ? [tlv(179, u8(TRIGGER.none)), tlv(182, u8(TRIGGER.none), u32(0))]
      : [
          tlv(179, u8(TRIGGER.periodic), tlv(180, u32(0), u32(durationMs))),
          tlv(182, u8(DURATION), u32(durationMs)),
        ];
  return tlv(178, start, stop);
}

function antennaRounds({ antennas, transmit, session }: Inventory): Uint8Array {
  const ids = antennas.length > 0 ? antennas : [ALL_ANTENNAS];
  const transmitter = transmit
    ? [tlv(224, u16(transmit.hopTable, transmit.hopTable > 0 ? 0 : 1, transmit.powerIndex))]
    : [];
  const command =
    session === null
      ? []
      : [tlv(330, u8(0), tlv(336, u8(session << 6), u16(TAG_POPULATION), u32(0)))];
  const settings = [...transmitter, ...command];
  const configurations = settings.length > 0 ? ids.map((id) => tlv(222, u16(id), ...settings)) : [];
  return tlv(
    183,
    u16(ids.length, ...ids),
    tlv(184, u8(TRIGGER.none), u32(0)),
    tlv(186, u16(1), u8(C1G2), ...configurations),
  );
}

// LLRP 1.1 §17.2.7.2: antenna, channel, signal, first seen, last seen, count.
const CONTENT = 0x1000 | 0x0800 | 0x0400 | 0x0200 | 0x0100 | 0x0080;
const CRC_AND_PC = 0xc0;
const AT_END_OF_ROSPEC = 2;

function reports({ durationMs }: Inventory): Uint8Array {
  const content = tlv(238, u16(CONTENT), tlv(348, u8(CRC_AND_PC)));
  const afterTags = durationMs === 0 ? 1 : 0; // 0: only at the end
  return tlv(237, u8(AT_END_OF_ROSPEC), u16(afterTags), content);
}

// LLRP 1.1 §17.2.5.5: inputs, report buffer, faults of the reader, antennas.
const TOLD_EVENTS = [1, 3, 4, 8];

/** The body of SET_READER_CONFIG: how often it says that it lives, and what it tells of itself. */
export function encodeReaderConfig(keepaliveMs: number): Uint8Array {
  const told = TOLD_EVENTS.map((event) => tlv(245, u16(event), u8(0x80)));
  // Nothing is reset to the factory's settings; reports are not held back after a reconnection.
  return concat(u8(0), tlv(244, ...told), tlv(220, u8(1), u32(keepaliveMs)), tlv(226, u8(0)));
}

/** The body of GET_READER_CONFIG for its identifier alone. */
export const ASK_IDENTIFICATION = concat(u16(0), u8(1), u16(0, 0));
