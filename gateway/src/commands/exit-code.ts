import { EnrolmentError } from '@sigill/edge';
import { DriverError } from '@sigill/firmware-bridge';

const NO = 1;
const USAGE = 2;
const ENVIRONMENT = 3;
const USAGE_CODES = new Set([
  ...['USAGE', 'CONFIG_SYNTAX', 'CONFIG_INVALID', 'CLOUD_URL_INSECURE'],
  ...['CODE_MALFORMED', 'ENROLMENT_URL'],
]);
const NO_ANSWER = new Set(['ENROLMENT_UNREACHABLE', 'ENROLMENT_BUSY', 'ENROLMENT_STOPPED']);

/** 1: the answer is no; 2: what was asked or configured is wrong; 3: what it runs on. Null for an error that is ours. */
export function exitCodeOf(error: unknown): number | null {
  if (error instanceof DriverError) return USAGE;
  if (!(error instanceof Error) || !('code' in error)) return null;
  // By code alone: a configuration is refused by the gateway and by the agent.
  if (USAGE_CODES.has(String(error.code))) return USAGE;
  return error instanceof EnrolmentError && !NO_ANSWER.has(error.code) ? NO : ENVIRONMENT;
}
