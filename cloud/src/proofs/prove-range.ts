/** `sigill prove --source`: the evidence of all readings of a source in a time, one file for each agent that read it. */
import { writeFile } from 'node:fs/promises';
import { EvidenceError, judgeRange, parseRange } from '@sigill/evidence';
import type { CommandIo } from '../command.ts';
import { askCloud, type CloudAnswer, ENVIRONMENT, REFUSED, severalNames } from './ask-cloud.ts';
import { formatRangeCounts } from './range-text.ts';

export interface AskedRange {
  readonly cloud: URL;
  readonly output: string;
  readonly source: string;
  readonly device: string | undefined;
  readonly agent: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly projection: string | undefined;
  readonly assumptions: string | undefined;
}

const TIMEOUT_MS = 30_000;
// A file of 64 MB is some seconds' work for a cloud, and a slow line takes its time too.
const RANGE_TIMEOUT_MS = 300_000;

export async function proveRange(asked: AskedRange, io: CommandIo): Promise<number> {
  const say = (text: string) => io.stderr.write(`sigill prove: ${text}\n`);
  const agents = asked.agent === undefined ? await findAgents(asked, io) : [asked.agent];
  if (!Array.isArray(agents)) {
    say(agents.reason);
    return agents.exit;
  }
  if (agents.length === 0) {
    say(`no agent has read ${asked.source}${asked.device ? `, device ${asked.device}` : ''}`);
    return REFUSED;
  }
  if (agents.length > 1 && asked.output === '-') {
    say(
      `${agents.length} agents have read ${asked.source}: give a file, or one of them with --agent`,
    );
    return REFUSED;
  }
  const answers: { agent: string; answer: CloudAnswer }[] = [];
  for (const agent of agents)
    answers.push({ agent, answer: await askCloud(addressOf(asked, agent), io, RANGE_TIMEOUT_MS) });
  let worst = answers.some(({ answer }) => 'text' in answer) ? 0 : REFUSED;
  for (const { agent, answer } of answers) {
    if ('text' in answer) {
      await keep(asked, agents.length === 1 ? null : agent, answer.text, io);
      continue;
    }
    // An agent that was replaced has nothing of a later time: no failure beside its successor.
    say(`agent ${agent}: ${answer.reason}`);
    if (answer.code !== 'RANGE_EMPTY') worst = Math.max(worst, answer.exit);
  }
  return worst;
}

async function findAgents(
  { cloud, source, device }: AskedRange,
  io: CommandIo,
): Promise<string[] | Exclude<CloudAnswer, { text: string }>> {
  const answer = await askCloud(new URL('api/v1/streams', cloud), io, TIMEOUT_MS);
  if (!('text' in answer)) return answer;
  try {
    const { streams } = JSON.parse(answer.text) as { streams: Record<string, string>[] };
    const those = streams.filter(
      (stream) => stream.source === source && (device === undefined || stream.device === device),
    );
    return [...new Set(those.map(({ agent }) => String(agent)))];
  } catch {
    return {
      exit: ENVIRONMENT,
      code: '',
      reason: `${cloud.origin} answers as no cloud of ours does`,
    };
  }
}

function addressOf(asked: AskedRange, agent: string): URL {
  const url = new URL('api/v1/evidence/range', asked.cloud);
  const { source, device, from, to, projection, assumptions } = asked;
  const words = { agent, source, device, from, to, projection, assumptions };
  for (const [name, value] of Object.entries(words))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

async function keep(
  { output }: AskedRange,
  agent: string | null,
  text: string,
  io: CommandIo,
): Promise<void> {
  const file = agent === null ? output : severalNames(output, agent);
  if (output === '-') io.stdout.write(text);
  else await writeFile(file, text);
  // Standard output is the file's alone.
  const tell = output === '-' ? io.stderr : io.stdout;
  tell.write(`${output === '-' ? '' : `${file}: `}${describe(text)}\n`);
}

/** What came, as the file itself tells it; whether it is proven, `sigill verify` says. */
function describe(text: string): string {
  try {
    const file = parseRange(text);
    const { streams, number } = judgeRange(file, null);
    const counts = formatRangeCounts(streams, file.period);
    return number === null ? counts : `${number.value} ${number.unit} from ${counts}`;
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    return `this is no evidence: ${error.message} [${error.code}]`;
  }
}
