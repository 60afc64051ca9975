/** The way out: route, names, connection, certificate, the ledger. */
import { equalBytes } from '@sigill/evidence';
import type { Box } from '../box.ts';
import { type Check, fault, ok, skipped, warning } from '../check.ts';

type Upstream = NonNullable<NonNullable<Box['config']>['upstream']>;

const WAITS =
  'readings wait here, sealed, until it is back; nothing is lost while the disk has room';
const SECURE = new Set(['https:', 'mqtts:']);
const PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'mqtt:': 1883,
  'mqtts:': 8883,
};
const IS_ADDRESS = /^(\d+\.\d+\.\d+\.\d+|\[.*\]|localhost)$/;
const IS_LOOPBACK = /^(127\.|\[::1\]|localhost$)/;

/** Runs for a box that sends to somewhere. */
function towards(run: (box: Box, upstream: Upstream) => ReturnType<Check['run']>): Check['run'] {
  return async (box) => {
    if (box.config === null) return skipped('there is no configuration');
    if (box.config.upstream === null) return skipped('nothing is sent anywhere');
    return run(box, box.config.upstream);
  };
}

const portOf = (url: URL) => Number(url.port || PORTS[url.protocol]);
const reasonOf = (error: unknown) => (error as Error).message;

const route: Check = {
  id: 'route',
  title: 'There is a way out of this network',
  run: towards(async ({ machine }, { url }) => {
    if (IS_LOOPBACK.test(url.hostname)) return skipped(`${url.host} is this machine`);
    const routes = await machine.read('/proc/net/route');
    const routes6 = await machine.read('/proc/net/ipv6_route');
    if (routes === null && routes6 === null) return skipped('this system does not tell its routes');
    const found = routes?.split('\n').some((line) => line.split('\t')[1] === '00000000');
    const found6 = routes6?.split('\n').some((line) => /^0{32} 00 .* (?!lo)\S+$/.test(line.trim()));
    if (found || found6) return ok('there is a default route');
    return fault(
      'there is no default route',
      WAITS,
      'Look at cable, modem or Wi-Fi: ip address; nmcli device status; then: ip route',
    );
  }),
};

const names: Check = {
  id: 'dns',
  title: 'The name of the other side is found',
  run: towards(async ({ network }, { url }) => {
    if (IS_ADDRESS.test(url.hostname)) return skipped(`${url.hostname} is an address`);
    try {
      return ok(`${url.hostname} is ${(await network.resolve(url.hostname)).join(', ')}`);
    } catch (error) {
      return fault(
        `${url.hostname} is not found (${reasonOf(error)})`,
        WAITS,
        'Is the name right in the configuration? Does any name work: getent hosts debian.org; if none, set a name server in the router',
      );
    }
  }),
};

const connection: Check = {
  id: 'connection',
  title: 'The other side can be reached',
  run: towards(async ({ network }, { url }) => {
    const port = portOf(url);
    try {
      await network.connect(url.hostname.replace(/^\[|\]$/g, ''), port);
      return ok(`${url.hostname} port ${port} answers`);
    } catch (error) {
      return fault(
        `${url.hostname} port ${port} does not answer (${reasonOf(error)})`,
        WAITS,
        `Is it running there? Does a firewall stop port ${port}? From here: nc -vz ${url.hostname} ${port}`,
      );
    }
  }),
};

const certificate: Check = {
  id: 'tls',
  title: 'The other side is who it was at enrolment',
  run: towards(async ({ network }, { url, certificate }) => {
    if (!SECURE.has(url.protocol))
      return skipped('this way needs no certificate: it stays on this machine');
    if (certificate === null) return skipped('no certificate is pinned');
    let shown: Uint8Array;
    try {
      shown = await network.certificate(url);
    } catch (error) {
      return skipped(`no certificate could be seen (${reasonOf(error)})`);
    }
    if (equalBytes(shown, certificate)) return ok('it shows the pinned certificate');
    return fault(
      'it shows another certificate than the one pinned',
      'its certificate was renewed, or someone stands in between: nothing is sent to it',
      'Ask the operator, by telephone, whether it was renewed and for the new one; write it as certificate: sha256/…',
    );
  }),
};

const ANCHORS_WAIT = 'anchors wait; what they cover is sealed and logged all the same';

const ledger: Check = {
  id: 'ledger',
  title: 'The ledger answers',
  async run({ config, network, running }) {
    const nodes = config?.ledgerNodes ?? [];
    if (nodes.length === 0) return skipped('this box asks no ledger of its own');
    const asked = await Promise.all(
      nodes.map(async (node) => {
        try {
          return { node, chain: await network.chainId(node), reason: '' };
        } catch (error) {
          return { node, chain: null, reason: reasonOf(error) };
        }
      }),
    );
    const silent = asked.filter(({ chain }) => chain === null);
    const silence = silent
      .map(({ node, reason }) => `${node} does not answer (${reason})`)
      .join('; ');
    if (silent.length === nodes.length)
      return fault(
        silence,
        ANCHORS_WAIT,
        'Start the node, or write the address of another one as ledger.rpc',
      );
    if (silent.length > 0)
      return warning(
        silence,
        'the others are asked meanwhile; when too few of them agree, nothing is called final',
        'Start it, or take it out of ledger.rpc',
      );
    const told = running?.ledger;
    const trouble = typeof told === 'object' ? told.lastError : null;
    if (trouble == null)
      return ok(asked.map(({ node, chain }) => `${node} is chain ${chain}`).join('; '));
    return warning(
      trouble,
      ANCHORS_WAIT,
      'It is tried again by itself; sigill tail of the log tells when it succeeds',
    );
  },
};

// A notary calls each ten minutes; finality on a public chain takes a quarter of an hour more.
const NOTARY_LATE_MS = 2 * 3_600_000;

const notary: Check = {
  id: 'notary',
  title: 'The operator’s notary anchors this log',
  async run({ now, running }) {
    const anchoring = running?.anchoring;
    if (anchoring?.by !== 'notary') return skipped('no notary anchors this log');
    const { last } = anchoring;
    if (last === null) return skipped('no final anchor of it is known here since the start');
    const told = `anchor ${last.index} covers ${last.size} batches`;
    if (now() - last.at < NOTARY_LATE_MS) return ok(told);
    return warning(
      `${told}, and nothing newer came since ${new Date(last.at).toISOString()}`,
      'newer readings are sealed and logged, but nobody can prove yet when',
      'Ask the operator whether the notary runs: sigill notary run, where it is',
    );
  },
};

const listeners: Check = {
  id: 'listeners',
  title: 'The broker and the page of this box listen',
  async run({ config, network, running }) {
    if (config === null || config.listeners.length === 0)
      return skipped('this box listens nowhere');
    if (running === null) return skipped('nothing runs');
    return Promise.all(
      config.listeners.map(async ({ name, host, port }) => {
        const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
        try {
          await network.connect(address, port);
          return ok(`${name} on ${host}:${port}`);
        } catch (error) {
          return fault(
            `${name} does not listen on ${host}:${port} (${reasonOf(error)})`,
            'devices and agents that send to it wait, or lose what they cannot keep',
            `See what holds the port: sudo ss -ltnp 'sport = :${port}'; then restart the service`,
          );
        }
      }),
    );
  },
};

export const networkChecks: readonly Check[] = [
  route,
  names,
  connection,
  certificate,
  ledger,
  notary,
  listeners,
];
