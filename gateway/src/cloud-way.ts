/**
 * The way to the cloud: what is compared, sent, receipted and released there.
 * @module
 */
import { parseNoteKey, type Signer } from '@sigill/evidence';
import type { GatewayConfig } from './config.ts';
import type { Tell } from './events.ts';
import type { Notary } from './notary/notary.ts';
import type { Register } from './register.ts';
import { createRestore } from './restore/restore.ts';
import type { Site } from './site.ts';
import type { Timers } from './timers.ts';
import { createAnchorLane } from './uplink/anchor-lane.ts';
import { createBatchLane, type HeldBatches } from './uplink/batch-lane.ts';
import { createCheckpointLane } from './uplink/checkpoint-lane.ts';
import { createCloudClient } from './uplink/cloud-client.ts';
import { type CloudUplink, createCloudUplink } from './uplink/cloud-uplink.ts';
import { createConflictLane } from './uplink/conflict-lane.ts';
import type { HttpClient } from './uplink/http-client.ts';
import { createReleaser } from './uplink/release.ts';

export interface CloudWayParts {
  readonly config: GatewayConfig;
  readonly http: HttpClient;
  readonly site: Site;
  readonly logKey: Signer;
  readonly held: HeldBatches;
  readonly notary: Notary | null;
  readonly register: () => Register;
  readonly timers: Timers;
  readonly random: () => number;
  readonly tell: Tell;
  readonly restored: () => boolean;
  readonly contradiction: () => string | null;
}

export function createCloudWay(parts: CloudWayParts): CloudUplink {
  const { config, held, notary, register, timers, tell, random } = parts;
  const { log, conflicts } = parts.site;
  const client = createCloudClient(parts.http, timers);
  const batches = createBatchLane({ client, log, held, tell });
  // As the operator's record names them now.
  const witnesses = () => register().operator.record.witnesses.map(parseNoteKey);
  return createCloudUplink({
    ...{ client, log, batches, timers, tell, random },
    checkpoints: createCheckpointLane({ client, log, batches, witnesses }),
    anchors: notary && createAnchorLane(client, notary.anchors),
    conflicts: createConflictLane(client, log.origin, parts.logKey, conflicts),
    restore: createRestore({ ...parts, ...parts.site, client }),
    urgent: () => parts.site.gate.closedFor() !== null,
    releaser: createReleaser(held, config.cloud?.keepMs ?? 0),
    checkpointIntervalMs: config.checkpoint.intervalMs,
  });
}
