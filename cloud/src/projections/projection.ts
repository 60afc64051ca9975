/**
 * Numbers computed from readings, such that anyone computes the same ones. A projection is a pure function with a name
 * and a version; a change of what comes out is a new version, and old ones stay. No floating point: the digits must be
 * the same in every program.
 * @module
 */
import type { Period, Reading, StreamVerdict } from '@sigill/evidence';

export interface Projection {
  /** `<name>@v<version>` */
  readonly name: string;
  /**
   * @param assumptions canonical JSON: all that the number rests on besides the readings
   * @throws ProjectionError when the readings do not allow the number
   */
  project(
    streams: readonly StreamVerdict[],
    period: Period | null,
    assumptions: string,
  ): ProjectedNumber;
}

export interface ProjectedNumber {
  readonly value: string;
  readonly unit: string;
}

/** Why no number can be given; a sentence for people. */
export class ProjectionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProjectionError';
  }
}

/** The readings of one device, in the order of their numbers. @throws ProjectionError */
export function streamOf(streams: readonly StreamVerdict[], device: string): StreamVerdict {
  const found = streams.find((stream) => stream.device === device);
  if (found === undefined)
    throw new ProjectionError(`no stream of device ${JSON.stringify(device)} is here`);
  return found;
}

/** Those of its own numbers, without the two that only bound the period. */
export function readingsWithin({ readings, first, count }: StreamVerdict): readonly Reading[] {
  return readings.filter(({ n }) => n >= first && n < first + count);
}
