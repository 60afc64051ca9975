/**
 * The link's connection with mqtt.js, which is used for its packets only: a clean session, no reconnecting and no
 * queue of its own, because what is not receipted is sent again from the journal.
 * @module
 */
import { connectBroker, parseBrokerUrl, parsePin } from '@sigill/firmware-bridge';
import type { MqttClient } from 'mqtt';
import { EdgeError } from '../errors.ts';
import type { Timers } from '../timers.ts';
import { downTopic, upTopic } from './messages.ts';
import type { DialLink, LinkWireListener } from './wire.ts';

export interface MqttDialOptions {
  /** mqtts://host:8883, or mqtt://127.0.0.1:1883 on the same box. */
  readonly url: string;
  /** `sha256/…` of the certificate that must be shown, whatever its dates; null: a public authority vouches. */
  readonly certificate: string | null;
  /** Id in hexadecimal: user name, client id, and end of both topics. */
  readonly agent: string;
  readonly password: string;
  readonly timers: Timers;
}

const CONNECT_TIMEOUT_MS = 15_000;
// The link asks by itself whether anybody is there. This is for the broker, so that it forgets who went silently.
const KEEPALIVE_SECONDS = 300;

/** @throws TransportError ADDRESS_INVALID */
export function createMqttDial(options: MqttDialOptions): DialLink {
  const broker = parseBrokerUrl(options.url, parsePin(options.certificate));
  const up = upTopic(options.agent);
  const { address } = broker;
  return (listener) => {
    // The certificate is compared before a byte, and the password with it, goes over the connection.
    const socket = connectBroker(broker);
    let client: MqttClient | null = null;
    let cause: Error | null = null;
    const fail = (error: Error) => {
      cause ??= error;
      socket.destroy();
    };
    const cancelTimeout = options.timers.after(CONNECT_TIMEOUT_MS, () =>
      fail(
        new EdgeError('LINK_TIMEOUT', `${address}: no answer in ${CONNECT_TIMEOUT_MS} ms`, {
          retryable: true,
        }),
      ),
    );
    socket.closed(() => {
      cancelTimeout();
      client?.end(true);
      listener.closed(cause ?? lost(address, 'the connection was closed'));
    });
    socket.ready
      .then(() => import('mqtt'))
      .then(({ MqttClient }) => {
        if (socket.isClosed()) return;
        client = new MqttClient(() => socket.stream, toClientOptions(options));
        client.on('error', (error) => fail(explain(address, error)));
        listen(client, options.agent, listener, fail, () => {
          cancelTimeout();
          listener.open();
        });
      })
      .catch((error) => fail(error as Error));
    return {
      // Whether it arrived, a receipt tells.
      send: (payload) => client?.publish(up, Buffer.from(payload), { qos: 1 }, () => undefined),
      close: () => socket.destroy(),
    };
  };
}

function listen(
  client: MqttClient,
  agent: string,
  listener: LinkWireListener,
  fail: (error: Error) => void,
  open: () => void,
): void {
  const topic = downTopic(agent);
  client.handleMessage = (packet, done) => {
    if (packet.cmd === 'publish' && packet.topic === topic && !packet.retain)
      listener.message(toBytes(packet.payload));
    done();
  };
  client.once('connect', () =>
    client.subscribe(topic, { qos: 1 }, (error) => {
      if (!error) open();
      else
        fail(
          new EdgeError(
            'LINK_REFUSED',
            `the gateway does not let this box listen to ${topic}: bring both to the same version`,
            { cause: error, retryable: true },
          ),
        );
    }),
  );
}

function toClientOptions({ agent, password }: MqttDialOptions) {
  return {
    protocolVersion: 4 as const,
    clientId: agent,
    username: agent,
    password,
    clean: true,
    keepalive: KEEPALIVE_SECONDS,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
  };
}

// [MQTT-3.2.2.3] return codes of CONNACK.
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'it does not speak MQTT 3.1.1: is this address a gateway?',
  2: 'it does not accept the id of this box: is this address a gateway?',
  3: 'it is not ready: it is tried again',
  4: 'it does not know this box and its password: enrol it there (sigill agent enroll URL CODE), or point gateway.url to the gateway it is enrolled at',
  5: 'it does not let this box in: it is not enrolled there, or its key was revoked; ask the operator, or enrol it (sigill agent enroll URL CODE)',
};

function explain(address: string, error: Error & { code?: number | string }): Error {
  const sentence = typeof error.code === 'number' ? REFUSALS[error.code] : undefined;
  return sentence === undefined
    ? lost(address, error.message)
    : new EdgeError('LINK_REFUSED', `${address}: ${sentence}`, { cause: error, retryable: true });
}

function lost(address: string, why: string): EdgeError {
  return new EdgeError('LINK_LOST', `${address}: ${why}`, { retryable: true });
}

function toBytes(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
