/** The boxes that wait, for a terminal. */
import type { Overview, WaitingBox } from '../operator/overview.ts';

// What nobody notices in a note of when something was read.
const CLOCK_OFF_MS = 60_000;
const UNITS = [
  ['years', 31_557_600_000],
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const;

/** @param file cloud.yaml as the command was given it; null: from another machine */
export function describeWaiting({ waiting }: Overview, file: string | null): string {
  if (waiting.length === 0)
    return 'No box waits. A code for a new one: npx sigill cloud invite cloud.yaml\n';
  const place = file === null ? '--cloud URL --link LINK --key FILE' : file;
  const count = waiting.length === 1 ? 'One box waits.' : `${waiting.length} boxes wait.`;
  return `${count}

${waiting.map(describeBox).join('\n')}
Compare the digits with those on the box itself, all of them, then:
  npx sigill cloud approve ${place} ${waiting[0]?.fingerprint}
`;
}

function describeBox(box: WaitingBox): string {
  const { fingerprint, name, kind, madeFor, gateway, address, askedAt, clockOff, origin } = box;
  const asked = new Date(askedAt).toISOString().slice(0, 16).replace('T', ' ');
  const notes = [
    `asked ${asked} UTC from ${address}`,
    ...(madeFor === null ? [] : [`with the code for “${madeFor}”`]),
    ...(gateway === null ? [`would be ${origin}`] : [`agent of ${gateway}`]),
    ...(Math.abs(clockOff) < CLOCK_OFF_MS ? [] : [`its clock is ${describeOff(clockOff)}`]),
  ];
  return `  ${fingerprint}   ${name}, ${kind}\n${notes.map((note) => `  ${''.padEnd(22)}${note}\n`).join('')}`;
}

function describeOff(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? UNITS[3];
  return `${Math.round(Math.abs(ms) / size)} ${unit} ${ms < 0 ? 'behind' : 'ahead'}`;
}
