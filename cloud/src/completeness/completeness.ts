/** The calendar's question: how complete are these streams, day by day or month by month? */
import { fromHex, toHex } from '@sigill/evidence';
import { type Row, type Sql, toBytes, toNumber, toText } from '../database/database.ts';
import type { StoredErasure } from '../proofs/erasures.ts';
import type { CompletenessStore } from './completeness-store.ts';
import { judgeStep, type StepAnswer, type StreamNumbers } from './judge-step.ts';
import { DAY_MS, type Step, type StepName, stepsOf } from './steps.ts';

export interface CompletenessQuestion extends Step {
  readonly agent?: string | undefined;
  readonly source?: string | undefined;
  readonly device?: string | undefined;
  readonly step: StepName;
}

export interface StreamCompleteness {
  readonly agent: string;
  readonly source: string;
  readonly device: string;
  /** Of its newest plan; null where none is in force. */
  readonly cadenceMs: number | null;
  readonly heartbeatMs: number | null;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly steps: readonly StepAnswer[];
}

export interface CompletenessParts {
  readonly store: CompletenessStore;
  readonly erasures: (agent: Uint8Array) => Promise<readonly StoredErasure[]>;
  readonly now: () => number;
}

export async function askCompleteness(
  { store, erasures, now }: CompletenessParts,
  question: CompletenessQuestion,
): Promise<StreamCompleteness[]> {
  const steps = stepsOf(question, question.step);
  const period = { from: steps[0]?.from ?? 0, to: steps.at(-1)?.to ?? 0 };
  const answers: StreamCompleteness[] = [];
  const erased = new Map<string, readonly StoredErasure[]>();
  const time = now();
  for (const row of await store.read((sql) => streamsOf(sql, question))) {
    const agent = toBytes(row.agent);
    const name = { agent: toHex(agent), source: toText(row.source), device: toText(row.device) };
    if (!erased.has(name.agent)) erased.set(name.agent, await erasures(agent));
    const gone = (erased.get(name.agent) ?? [])
      .filter(({ source, device }) => source === name.source && device === name.device)
      .map(({ n }) => n);
    const numbers = await store.read((sql) => numbersOf(sql, row, period, gone));
    const plan = numbers.plans.at(-1);
    answers.push({
      ...name,
      cadenceMs: plan?.active ? plan.cadenceMs : null,
      heartbeatMs: plan?.active ? plan.heartbeatMs : null,
      firstTime: numbers.firstTime,
      lastTime: numbers.lastTime,
      steps: steps.map((step) => judgeStep(numbers, step, time)),
    });
  }
  return answers;
}

function streamsOf(sql: Sql, { agent, source, device }: CompletenessQuestion): Promise<Row[]> {
  const conditions = [
    ...(agent === undefined ? [] : [{ text: 'agent = ?', value: fromHex(agent) }]),
    ...(source === undefined ? [] : [{ text: 'source = ?', value: source }]),
    ...(device === undefined ? [] : [{ text: 'device = ?', value: device }]),
  ];
  const where =
    conditions.length === 0 ? '' : `WHERE ${conditions.map(({ text }) => text).join(' AND ')}`;
  return sql.all(
    `SELECT * FROM streams ${where} ORDER BY source, device, agent`,
    ...conditions.map(({ value }) => value),
  );
}

async function numbersOf(
  sql: Sql,
  { id, agent, source, device, first_time, last_time }: Row,
  { from, to }: Step,
  erased: readonly number[],
): Promise<StreamNumbers> {
  const stream = toNumber(id);
  const days = await sql.all(
    'SELECT day, first, last, count FROM days WHERE stream = ? AND day >= ? AND day < ? ORDER BY day',
    ...[stream, from / DAY_MS, to / DAY_MS],
  );
  const holes = await sql.all(
    'SELECT * FROM holes WHERE stream = ? AND until >= ? AND since < ? ORDER BY first',
    ...[stream, from, to],
  );
  const gaps = await sql.all(
    'SELECT * FROM gaps WHERE stream = ? AND until >= ? AND coalesce(since, until) < ? ORDER BY until',
    ...[stream, from, to],
  );
  const plans = await sql.all(
    'SELECT * FROM plans WHERE agent = ? AND source = ? ORDER BY seq',
    ...[toBytes(agent), toText(source).replace(/~cell$/, '')],
  );
  return {
    device: toText(device),
    firstTime: toNumber(first_time),
    lastTime: toNumber(last_time),
    erased,
    days: days.map((row) => ({
      day: toNumber(row.day),
      first: toNumber(row.first),
      last: toNumber(row.last),
      count: toNumber(row.count),
    })),
    holes: holes.map((row) => ({
      first: toNumber(row.first),
      last: toNumber(row.last),
      from: toNumber(row.since),
      to: toNumber(row.until),
    })),
    gaps: gaps.map((row) => ({
      from: row.since === null ? null : toNumber(row.since),
      to: toNumber(row.until),
      count: row.count === null ? null : toNumber(row.count),
      cause: toText(row.cause),
    })),
    plans: plans.map((row) => ({
      source: toText(source),
      time: toNumber(row.time),
      active: toNumber(row.active) === 1,
      cadenceMs: row.cadence === null ? null : toNumber(row.cadence),
      heartbeatMs: toNumber(row.heartbeat),
      devices: toNumber(row.devices) === 1,
    })),
  };
}
