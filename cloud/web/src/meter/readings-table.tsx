/** The newest readings, each with its state, all its fields and the way to verify it. */
import './readings-table.css';
import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Marks, Reading } from '../api/model.ts';
import { Button } from '../design/button.tsx';
import { formatZone } from '../format/times.ts';
import { useWords } from '../strings/words.ts';
import { ReadingRow } from './reading-row.tsx';

const ROWS = 12;

interface ReadingsTableProps {
  /** Newest first. */
  readonly readings: readonly Reading[];
  readonly complete: boolean;
  /** What stands for the reading in its row; null: its kind does. */
  readonly cell: (reading: Reading) => ComponentChildren;
  readonly marks: Marks;
  readonly onVerify: (reading: Reading) => void;
  readonly onOlder: () => void;
}

export function ReadingsTable(props: ReadingsTableProps): JSX.Element {
  const { readings, complete, cell, marks, onVerify, onOlder } = props;
  const { t, language } = useWords();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [rows, setRows] = useState(ROWS);
  const { top, hold, release } = useHeldTop(readings);
  const start = Math.max(
    0,
    readings.findIndex((reading) => reading.seq <= top),
  );
  const shown = readings.slice(start, start + rows);

  const toggle = (seq: number) => {
    const next = new Set(open);
    if (!next.delete(seq)) next.add(seq);
    setOpen(next);
    hold();
  };
  const older = () => {
    hold();
    if (start + rows + ROWS > readings.length && !complete) onOlder();
    setRows(rows + ROWS);
  };
  const newest = () => {
    setOpen(new Set());
    setRows(ROWS);
    release();
  };

  return (
    <section class="panel readings" aria-labelledby="readings-title">
      <div class="readings-head">
        <h2 id="readings-title">{t.table.title}</h2>
        {start > 0 && (
          <Button compact onClick={newest}>
            {t.table.waiting(start)}
          </Button>
        )}
      </div>
      <table onFocusCapture={hold}>
        <caption class="spoken">{t.table.caption}</caption>
        <thead>
          <tr>
            <th scope="col">
              {t.table.time} <span class="quiet">{formatZone(Date.now(), language)}</span>
            </th>
            <th scope="col" class="number">
              {t.table.value}
            </th>
            <th scope="col">{t.table.state}</th>
            <th scope="col" class="number wide-only">
              {t.table.number}
            </th>
            <th scope="col">
              <span class="spoken">{t.table.action}</span>
            </th>
          </tr>
        </thead>
        {shown.map((reading) => (
          <ReadingRow
            key={reading.seq}
            reading={reading}
            cell={cell(reading)}
            marks={marks}
            open={open.has(reading.seq)}
            onToggle={() => toggle(reading.seq)}
            onVerify={() => onVerify(reading)}
          />
        ))}
      </table>
      {(start + rows < readings.length || !complete) && (
        <Button compact onClick={older}>
          {t.table.older}
        </Button>
      )}
    </section>
  );
}

/** Rows move on with each reading, but stand still from the moment somebody works with them. */
function useHeldTop(readings: readonly Reading[]) {
  const newest = readings[0]?.seq ?? 0;
  const [held, setHeld] = useState<number | null>(null);
  const shown = useRef(newest);
  shown.current = held ?? newest;
  return {
    top: shown.current,
    hold: () => setHeld(shown.current),
    release: () => setHeld(null),
  };
}
