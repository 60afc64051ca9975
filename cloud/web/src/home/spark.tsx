/** A small curve without axes: how it went lately. Its numbers are told beside it. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Series } from '../api/model.ts';
import { type Hole, holesOf } from '../meter/curve-data.ts';
import { SPARK_HEIGHT, SPARK_WIDTH, sparkLines } from './spark-lines.ts';

interface SparkProps {
  readonly series: Series;
  readonly from: number;
  readonly to: number;
  /** Where the value axis begins and ends; null: where the values do. */
  readonly limits: readonly [number, number] | null;
  readonly fromZero: boolean;
}

export function Spark({ series, from, to, limits, fromZero }: SparkProps): JSX.Element {
  const holes = useMemo(() => holesOf(series, to), [series, to]);
  const lines = useMemo(
    () => sparkLines(series, holes, { from, to, limits, fromZero }),
    [series, holes, from, to, limits, fromZero],
  );
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {holes.map((hole: Hole) => {
        const [left, right] = [lines.x(hole.from), lines.x(hole.to)];
        return (
          right > left && (
            <rect
              key={hole.from}
              class="spark-hole"
              x={left}
              y={0}
              width={right - left}
              height={SPARK_HEIGHT}
            />
          )
        );
      })}
      {lines.area !== '' && <path class="spark-area" d={lines.area} />}
      {lines.line !== '' && <path class="spark-line" d={lines.line} />}
    </svg>
  );
}
