/**
 * What a process that runs for months says on its standard output: a sentence a line for people, or JSON.
 * @module
 */
import type { CommandIo } from '@sigill/firmware-bridge';
import type { GatewayEvent, Tell } from '../events.ts';

const PINO_LEVEL = { info: 'info', warning: 'warn', alarm: 'error' } as const;
const MARK = { info: ' ', warning: '~', alarm: '!' } as const;

export function tellPeople({ stdout }: CommandIo): Tell {
  return ({ level, text }) => {
    stdout.write(`${new Date().toTimeString().slice(0, 8)} ${MARK[level]} ${text}\n`);
  };
}

export async function tellAsJson({ stdout }: CommandIo): Promise<Tell> {
  const { pino } = await import('pino');
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stdout);
  return ({ level, what, text, facts }: GatewayEvent) =>
    logger[PINO_LEVEL[level]]({ what, ...facts }, text);
}
