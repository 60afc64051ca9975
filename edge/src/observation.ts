import { type Field, sha256 } from '@sigill/evidence';
import type { Observation } from '@sigill/firmware-bridge';
import type { SourcePlan } from './sources/source-plan.ts';
import type { Statement } from './stamp.ts';

/** An observation by a driver, or one that came without a frame. */
export interface AgentObservation extends Observation {
  readonly frame: Uint8Array | null;
}

// A journal record holds a reading and its frame; no protocol here comes near it.
const DEFAULT_MAX_FRAME_BYTES = 512 * 1024;

export interface Prepared {
  readonly statement: Statement;
  /** What is kept of the frame: null where the plan says hash, or the frame is out of all proportion. */
  readonly frame: Uint8Array | null;
}

/** One frame often gives several observations: its hash is computed once. */
export function createPreparation(
  maxFrameBytes = DEFAULT_MAX_FRAME_BYTES,
): (plan: SourcePlan, observation: AgentObservation) => Prepared {
  let lastFrame: Uint8Array | null = null;
  let lastHash: Uint8Array | null = null;

  return (plan, { kind, device, time, fields, frame }) => {
    if (frame !== lastFrame) {
      lastFrame = frame;
      lastHash = frame === null ? null : sha256(frame);
    }
    const kept = plan.frames === 'keep' && frame !== null && frame.length <= maxFrameBytes;
    return {
      statement: {
        source: plan.name,
        device,
        kind,
        driver: plan.driver,
        deviceTime: time,
        frameHash: lastHash,
        fields: toFields(fields),
      },
      frame: kept ? frame : null,
    };
  };
}

function toFields(fields: Observation['fields']): Field[] {
  return Object.keys(fields)
    .sort()
    .map((name) => {
      const { value, unit, code } = fields[name]!;
      return { name, value, unit, code };
    });
}
