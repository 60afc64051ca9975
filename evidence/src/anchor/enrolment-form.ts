/** The one code of everything that is no enrolment request, answer or word of a gateway. */
import { EvidenceError } from '../errors.ts';

export function asEnrolmentForm<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new EvidenceError('ENROLMENT_FORM', (cause as Error).message, { cause });
  }
}

export function enrolmentFormError(message: string): EvidenceError {
  return new EvidenceError('ENROLMENT_FORM', message);
}
