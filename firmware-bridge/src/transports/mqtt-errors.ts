/**
 * What can go wrong with a broker, in words.
 * @module
 */
import { TransportError, type TransportErrorCode } from '../errors.ts';

// [MQTT-3.2.2.3] return codes of CONNACK.
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'it does not speak MQTT 3.1.1',
  2: 'it does not accept this client id: give another',
  3: 'it is not ready: it is tried again',
  4: 'it does not know this user name and password: compare them with those given by whoever runs it',
  5: 'it does not let this client in: ask whoever runs it whether the user name is allowed, and whether one is needed',
};

/** Why a broker ended the talk, for people. */
export function explainBrokerError(
  address: string,
  error: Error & { readonly code?: number | string },
): TransportError {
  const sentence = typeof error.code === 'number' ? REFUSALS[error.code] : undefined;
  if (sentence)
    return new TransportError('BROKER_REFUSED', `${address}: ${sentence}`, { cause: error });
  return brokerLost(address, error);
}

/** It ended without a reason of its own. */
export function brokerLost(address: string, cause: Error): TransportError {
  const isSilent = /keepalive/i.test(cause.message);
  const code: TransportErrorCode = 'CONNECTION_LOST';
  const why = isSilent ? 'it answers no more; is the network up?' : cause.message;
  return new TransportError(code, `${address}: ${why}`, { cause });
}

export function messageNotTaken(address: string): TransportError {
  return new TransportError(
    'CONNECTION_LOST',
    `${address}: a message could not be kept here, and is not acknowledged; it is asked for again`,
  );
}

export function noCommandTopic(address: string): TransportError {
  return new TransportError('WRITE_FAILED', `${address}: no topic is set to write to`);
}

export function writeFailed(address: string, cause: Error): TransportError {
  return new TransportError('WRITE_FAILED', `${address}: ${cause.message}`, { cause });
}

export function subscriptionRefused(address: string, topic: string, cause: Error): TransportError {
  return new TransportError(
    'SUBSCRIPTION_REFUSED',
    `${address} does not let this client read ${topic}: ask whoever runs the broker to allow it, or correct the topic`,
    { cause },
  );
}
