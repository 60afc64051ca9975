import type { CommandIo } from '@sigill/firmware-bridge';
import type { Log } from '../log.ts';

/** One sentence a line for people; lines with ! want somebody to come. */
export function logForPeople({ stdout }: Pick<CommandIo, 'stdout'>): Log {
  const tell = (mark: string) => (details: object, message: string) => {
    const reason = 'reason' in details ? `: ${String(details.reason)}` : '';
    stdout.write(`${new Date().toTimeString().slice(0, 8)} ${mark} ${message}${reason}\n`);
  };
  return { info: tell(' '), warn: tell('~'), error: tell('!') };
}

/** One JSON object a line. Its library is loaded only by who wants it. */
export async function logAsJson({ stdout }: Pick<CommandIo, 'stdout'>): Promise<Log> {
  const { pino } = await import('pino');
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stdout);
  return {
    info: (details, message) => logger.info(details, message),
    warn: (details, message) => logger.warn(details, message),
    error: (details, message) => logger.error(details, message),
  };
}
