/**
 * The way to the cloud: what is compared, sent, receipted and released there.
 * @module
 */
import { type Beacon, type LedgerPolicy, parseNoteKey, type Signer } from '@sigill/evidence';
import type { GatewayConfig } from './config.ts';
import type { Tell } from './events.ts';
import type { Notary } from './notary/notary.ts';
import type { Register } from './register.ts';
import { createRestore } from './restore/restore.ts';
import type { Site } from './site.ts';
import type { Timers } from './timers.ts';
import { formatAnchorBundle } from './uplink/anchor-bundle.ts';
import { createAnchorLane } from './uplink/anchor-lane.ts';
import { createBatchLane, type HeldBatches } from './uplink/batch-lane.ts';
import { createBeaconLane } from './uplink/beacon-lane.ts';
import { createCheckpointLane } from './uplink/checkpoint-lane.ts';
import { createCloudClient } from './uplink/cloud-client.ts';
import { type CloudUplink, createCloudUplink } from './uplink/cloud-uplink.ts';
import { createConflictLane } from './uplink/conflict-lane.ts';
import { createHttpClient, type HttpClient } from './uplink/http-client.ts';
import type { JudgedBeacon } from './uplink/judge-beacon.ts';
import { createReleaser } from './uplink/release.ts';
import { createWitnessLane } from './uplink/witness-lane.ts';

export interface CloudWayParts {
  readonly config: GatewayConfig;
  readonly http: HttpClient;
  readonly site: Site;
  readonly logKey: Signer;
  readonly held: HeldBatches;
  readonly notary: Notary | null;
  /** What verifiers are told of the ledger; null: nobody anchors. */
  readonly policy: LedgerPolicy | null;
  readonly setBeacon: (beacon: Beacon) => void;
  readonly register: () => Register;
  readonly timers: Timers;
  readonly random: () => number;
  readonly tell: Tell;
  readonly restored: () => boolean;
  readonly contradiction: () => string | null;
}

export interface CloudWay extends CloudUplink {
  /** The newest final anchor that others made for this gateway; null: none is known, or it anchors itself. */
  anchored(): JudgedBeacon | null;
}

export function createCloudWay(parts: CloudWayParts): CloudWay {
  const { config, held, notary, register, timers, tell, random } = parts;
  const { log, conflicts } = parts.site;
  const client = createCloudClient(parts.http, timers);
  const batches = createBatchLane({ client, log, held, tell });
  // As the operator's record names them now.
  const witnesses = () => register().operator.record.witnesses.map(parseNoteKey);
  const others = createWitnessLane({
    ...{ log, timers, random, tell },
    witnesses: config.witnesses.map((witness) => ({
      config: witness,
      http: createHttpClient(witness.url, witness.certificate ?? 'vouched'),
    })),
  });
  const beacons =
    notary === null && parts.policy !== null
      ? createBeaconLane({
          ...{ client, log, register, timers, tell, policy: parts.policy },
          ...{ intervalMs: config.anchor.intervalMs, setBeacon: parts.setBeacon },
        })
      : null;
  const uplink = createCloudUplink({
    ...{ client, log, batches, timers, tell, random },
    checkpoints: createCheckpointLane({ client, log, batches, witnesses, others }),
    anchors:
      notary &&
      createAnchorLane(
        (bundle, signal) => client.sendAnchor(formatAnchorBundle(bundle), signal),
        notary.anchors,
      ),
    conflicts: createConflictLane(client, log.origin, parts.logKey, conflicts),
    restore: createRestore({ ...parts, ...parts.site, client }),
    urgent: () => parts.site.gate.closedFor() !== null,
    releaser: createReleaser(held, config.cloud?.keepMs ?? 0),
    checkpointIntervalMs: config.checkpoint.intervalMs,
    beacons,
  });
  return { ...uplink, anchored: () => beacons?.newest() ?? null };
}
