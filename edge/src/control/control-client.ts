/**
 * The tools' end of the control socket.
 * @module
 */
import { get, type IncomingMessage } from 'node:http';
import { EdgeError } from '../errors.ts';
import { controlSocketIn } from './socket-path.ts';
import type { ToldReading } from './told-reading.ts';

export type ToldLine = ToldReading | { readonly missed: number };

const STATUS_TIMEOUT_MS = 5000;

/**
 * What the process that runs on this data directory says of itself; null if none runs.
 * @throws EdgeError CONTROL_DENIED, CONTROL_SILENT
 */
export async function askStatus(directory: string): Promise<unknown> {
  const response = await open(directory, '/status', AbortSignal.timeout(STATUS_TIMEOUT_MS));
  if (response === null) return null;
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return JSON.parse(text);
}

/**
 * Readings as they are sealed, until the signal; null if none runs.
 * @throws EdgeError CONTROL_DENIED, CONTROL_SILENT
 */
export async function followReadings(
  directory: string,
  source: string | null,
  signal: AbortSignal,
): Promise<AsyncIterable<ToldLine> | null> {
  const query = source === null ? '' : `?source=${encodeURIComponent(source)}`;
  const response = await open(directory, `/readings${query}`, signal);
  return response && readLines(response, signal);
}

async function* readLines(
  response: IncomingMessage,
  signal: AbortSignal,
): AsyncGenerator<ToldLine> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as ToldLine;
    }
  } catch (error) {
    // The process went away, or whoever reads has had enough.
    if (!signal.aborted && !isGone(error)) throw error;
  }
}

async function open(
  directory: string,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage | null> {
  let socket: ReturnType<typeof controlSocketIn>;
  try {
    socket = controlSocketIn(directory);
  } catch {
    return null; // no data directory yet
  }
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      get({ socketPath: socket.path, path, signal, agent: false }, resolve).on('error', reject);
    });
  } catch (cause) {
    const { code, name } = cause as NodeJS.ErrnoException;
    if (isGone(cause)) return null;
    if (code === 'EACCES') {
      throw new EdgeError(
        'CONTROL_DENIED',
        `${directory} belongs to another user: run this as the user of the service, such as sudo -u sigill npx sigill …`,
        { cause },
      );
    }
    if (name !== 'AbortError' && code !== 'ETIMEDOUT') throw cause;
    throw new EdgeError('CONTROL_SILENT', `the process in ${directory} does not answer`, {
      cause,
    });
  } finally {
    socket.release();
  }
}

const GONE = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE']);

function isGone(error: unknown): boolean {
  return GONE.has((error as NodeJS.ErrnoException).code ?? '');
}
