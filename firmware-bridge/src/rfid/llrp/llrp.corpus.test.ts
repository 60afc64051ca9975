/**
 * Messages of a real reader, from a folder that is not part of this repository: SIGILL_CORPUS names it.
 * Beside each `x.bytes`, a body without its head, stands `x.json` with what another program reads in it.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plain, runSession, testVector } from '../../testing/driver-contract.ts';
import { readTransmitter } from './capabilities.ts';
import { llrp } from './llrp.ts';
import {
  encodeMessage,
  FROM_READER,
  messageName,
  READER_EVENT_NOTIFICATION,
  RO_ACCESS_REPORT,
} from './message.ts';

interface Expected {
  readonly LLRPStatus?: { readonly Status: number };
  readonly TagReportData?: readonly {
    readonly EPC96: { readonly EPC: string };
    readonly AntennaID: number;
    readonly PeakRSSI: number;
    readonly FirstSeenUTC: number;
  }[];
  readonly Identification?: { readonly ReaderID: string };
  readonly GeneralDeviceCapabilities?: {
    readonly MaxSupportedAntennas: number;
    readonly HasUTCClock: boolean;
    readonly Model: number;
    readonly FirmwareVersion: string;
  };
  readonly RegulatoryCapabilities?: {
    readonly UHFBandCapabilities: {
      readonly TransmitPowerLevels: readonly {
        readonly Index: number;
        readonly TransmitPowerValue: number;
      }[];
      readonly FrequencyInformation: {
        readonly FrequencyHopTables: readonly { readonly HopTableID: number }[];
      };
    };
  };
  readonly ReaderEventNotificationData?: {
    readonly UTCTimestamp: number;
    readonly ConnectionCloseEvent: object | null;
  };
}

const folder = process.env.SIGILL_CORPUS
  ? `${process.env.SIGILL_CORPUS}/rfid-llrp/edgex-impinj`
  : '';
const files = existsSync(folder) ? globSync('*.bytes', { cwd: folder }).sort() : [];
const title = folder ? 'llrp corpus' : 'llrp corpus (skipped: no SIGILL_CORPUS)';

/** The type of a message by its name in the corpus: GetROSpecsResponse is GET_ROSPECS_RESPONSE. */
const byName = new Map(
  [...FROM_READER].map((type) => [messageName(type).replaceAll('_', '').toLowerCase(), type]),
);
function typeOf(file: string): number {
  const name = file.replace(/-\d+\.bytes$/, '').toLowerCase();
  if (name === 'roaccessreport') return RO_ACCESS_REPORT;
  if (name === 'readereventnotification') return READER_EVENT_NOTIFICATION;
  // Those that this driver never asks for have no name here.
  if (name === 'getrospecsresponse') return 36;
  if (name === 'getaccessspecsresponse') return 54;
  return byName.get(name)!;
}

describe.skipIf(folder === '')(title, () => {
  let values = 0;

  describe.each(files)('%s', (file) => {
    const body = readFileSync(`${folder}/${file}`);
    const expected: Expected = JSON.parse(
      readFileSync(`${folder}/${file.replace('.bytes', '.json')}`, 'utf8'),
    );
    const message = encodeMessage(typeOf(file), 1, body);
    const told = runSession(llrp, {}, [message]);
    const observations = told.observations.map(plain);
    const same = (actual: unknown, due: unknown) => {
      expect(actual).toEqual(due);
      values++;
    };

    it('says what another program reads in it', () => {
      expect(told.rejected).toEqual([]);
      for (const [i, tag] of (expected.TagReportData ?? []).entries()) {
        const { fields, time } = observations[i]!;
        const epc = Buffer.from(tag.EPC96.EPC, 'base64').toString('hex').toUpperCase();
        same(fields['tag.id'], [epc, null, 'EPC-96']);
        same(fields['tag.antenna']?.[0], String(tag.AntennaID));
        same(fields['signal.strength'], [String(tag.PeakRSSI), 'dBm', 'PeakRSSI']);
        const milliseconds = Math.floor(tag.FirstSeenUTC / 1000);
        same(time, new Date(milliseconds).toISOString());
        same(
          String(fields['tag.seen.first']?.[0]).slice(-7, -1),
          String(tag.FirstSeenUTC).slice(-6),
        );
      }
      if (expected.Identification) {
        const id = Buffer.from(expected.Identification.ReaderID, 'base64').toString('hex');
        same(observations[0]?.device, id.toUpperCase());
      }
      const { GeneralDeviceCapabilities: general, RegulatoryCapabilities: radio } = expected;
      if (general) {
        const { fields } = observations[0]!;
        same(fields['device.model']?.[0], `Impinj ${general.Model}`);
        same(fields['other.llrp.FirmwareVersion']?.[0], general.FirmwareVersion);
        same(
          fields['other.llrp.MaxNumberOfAntennaSupported']?.[0],
          String(general.MaxSupportedAntennas),
        );
        same(fields['other.llrp.HasUTCClock']?.[0], general.HasUTCClock);
      }
      if (radio) {
        const { TransmitPowerLevels: levels, FrequencyInformation: band } =
          radio.UHFBandCapabilities;
        const transmitter = readTransmitter(body);
        const due = levels.map(({ Index, TransmitPowerValue }) => ({
          index: Index,
          power: TransmitPowerValue,
        }));
        same(transmitter.powers, due);
        same(transmitter.hopTable, band.FrequencyHopTables[0]?.HopTableID);
      }
      if (expected.ReaderEventNotificationData) {
        const { UTCTimestamp, ConnectionCloseEvent } = expected.ReaderEventNotificationData;
        same(observations[0]?.time, new Date(Math.floor(UTCTimestamp / 1000)).toISOString());
        same(
          observations[0]?.fields['device.status']?.[2] === 'ConnectionCloseEvent',
          ConnectionCloseEvent !== null,
        );
      }
      if (expected.LLRPStatus?.Status === 0)
        same(
          observations.filter(({ fields }) => fields['device.status']),
          [],
        );
    });

    testVector(llrp, {
      name: file,
      source: 'SIGILL_CORPUS',
      hex: Buffer.from(message).toString('hex'),
      observations,
    });
  });

  it('is there, and told as a row', () => {
    expect(files.length).toBeGreaterThan(0);
    console.log(`| llrp | ${files.length} captures | ${values} values asserted | 0 deviations |`);
  });
});
