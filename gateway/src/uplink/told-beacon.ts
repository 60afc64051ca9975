/** The newest final anchor, as the cloud's answer has it. */
import { asBytes, asCount, asList, asObject } from './cloud-answers.ts';
import type { ToldBeacon } from './judge-beacon.ts';

/** @throws GatewayError CLOUD_ANSWER_INVALID */
export function asBeacon(value: Record<string, unknown>): ToldBeacon {
  const anchor = asObject(value.anchor);
  const ledger = asObject(value.ledger);
  const [root, head] = asList(ledger.storage);
  return {
    anchor: {
      index: asCount(anchor.index),
      rollRoot: asBytes(anchor.rollRoot),
      slots: asCount(anchor.slots),
      blockNumber: asCount(anchor.blockNumber),
      blockTime: asCount(anchor.blockTime),
      parentHash: asBytes(anchor.parentHash),
    },
    path: asList(value.path).map((bytes) => asBytes(bytes)),
    ledger: {
      header: asBytes(ledger.header),
      account: asList(ledger.account).map((bytes) => asBytes(bytes)),
      storage: [
        asList(root).map((bytes) => asBytes(bytes)),
        asList(head).map((bytes) => asBytes(bytes)),
      ],
    },
    call: value.call == null ? null : asCall(asObject(value.call)),
  };
}

function asCall({ call, path }: Record<string, unknown>): NonNullable<ToldBeacon['call']> {
  return { call: asBytes(call), path: asList(path).map((bytes) => asBytes(bytes)) };
}
