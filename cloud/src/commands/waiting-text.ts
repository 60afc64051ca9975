/** The boxes that wait, for a terminal. */
import type { Overview, WaitingBox } from '../operator/overview.ts';
import type { SlotView } from '../operator/slot-views.ts';

// What nobody notices in a note of when something was read.
const CLOCK_OFF_MS = 60_000;
const UNITS = [
  ['years', 31_557_600_000],
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const;

const KINDS = { gateway: 'gateway', agent: 'agent', generation: 'next log' } as const;

/** @param file cloud.yaml as the command was given it; null: from another machine */
export function describeWaiting({ waiting, slots }: Overview, file: string | null): string {
  if (waiting.length === 0)
    return 'No box waits. A code for a new one: npx sigill cloud invite cloud.yaml\n';
  const place = file === null ? '--cloud URL --link LINK --key FILE' : file;
  const count = waiting.length === 1 ? 'One box waits.' : `${waiting.length} boxes wait.`;
  return `${count}

${waiting.map((box) => describeBox(box, slots)).join('\n')}
Compare the digits with those on the box itself, all of them, then:
  npx sigill cloud approve ${place} ${waiting[0]?.fingerprint}
`;
}

function describeBox(box: WaitingBox, slots: readonly SlotView[]): string {
  const { fingerprint, name, kind, madeFor, address, askedAt, clockOff } = box;
  const asked = new Date(askedAt).toISOString().slice(0, 16).replace('T', ' ');
  const notes = [
    `asked ${asked} UTC from ${address}`,
    ...(madeFor === null ? [] : [`with the code for “${madeFor}”`]),
    ...wishOf(box, slots),
    ...(Math.abs(clockOff) < CLOCK_OFF_MS ? [] : [`its clock is ${describeOff(clockOff)}`]),
  ];
  return `  ${fingerprint}   ${name}, ${KINDS[kind]}\n${notes.map((note) => `  ${''.padEnd(22)}${note}\n`).join('')}`;
}

/** What the operator would sign. */
function wishOf({ kind, name, gateway, origin }: WaitingBox, slots: readonly SlotView[]): string[] {
  if (gateway === null) return [`would be ${origin}`];
  if (kind === 'agent') return [`agent of ${gateway}`];
  const last = slots.find((slot) => slot.origin === gateway);
  const begins = `${name} wants to begin its next log: ${origin} would be opened, with the same agents`;
  return last === undefined || last.closed !== null
    ? [begins, `${gateway} was closed, for ever, at ${last?.closed?.size ?? 0} entries`]
    : [
        begins,
        `and ${gateway} closed, for ever, at ${last.head.size} entries: this cannot be undone`,
      ];
}

function describeOff(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? UNITS[3];
  return `${Math.round(Math.abs(ms) / size)} ${unit} ${ms < 0 ? 'behind' : 'ahead'}`;
}
