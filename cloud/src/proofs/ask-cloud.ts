/** What `sigill prove` asks of a cloud, and how it tells that nothing came. */
import type { CommandIo } from '../command.ts';

export const REFUSED = 1;
export const USAGE = 2;
export const ENVIRONMENT = 3;

export type CloudAnswer =
  | { readonly text: string }
  | { readonly exit: number; readonly code: string; readonly reason: string };

/** Never throws. */
export async function askCloud(url: URL, io: CommandIo, timeoutMs: number): Promise<CloudAnswer> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(timeoutMs)]),
    });
    text = await answer.text();
  } catch (error) {
    const { cause } = error as Error;
    const reason = `${url.origin} does not answer: ${String(cause ?? error)}`;
    return { exit: ENVIRONMENT, code: '', reason };
  }
  if (answer.ok) return { text };
  return { exit: answer.status >= 500 ? ENVIRONMENT : REFUSED, ...problemIn(text, answer.status) };
}

function problemIn(text: string, status: number): { code: string; reason: string } {
  try {
    const { code, detail } = JSON.parse(text);
    if (typeof code === 'string' && typeof detail === 'string')
      return { code, reason: `${detail} [${code}]` };
  } catch {
    // Something else than a cloud of ours answered.
  }
  return { code: '', reason: `HTTP ${status}` };
}

/** Its address with a slash at the end, so that paths go on from it; null for anything but HTTP. */
export function cloudAddress(text: string): URL | null {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

/** reading.sigill, agent-7: reading-agent-7.sigill */
export function severalNames(output: string, name: string): string {
  const [, stem = output, ending = ''] = /^(.*?)(\.[^./]+)?$/s.exec(output) ?? [];
  return `${stem}-${name}${ending}`;
}
