/** The running process: whether it runs, starts by itself, keeps up, and gets its receipts. */
import { type Check, fault, ok, skipped, warning } from '../check.ts';

const service: Check = {
  id: 'service',
  title: 'It starts by itself after a power cut',
  async run({ machine }) {
    const ran = await machine.run('systemctl', ['is-enabled', 'sigill']);
    if (ran === null) return skipped('this system has no systemd');
    if (ran.output.trim() === 'enabled') return ok('the service sigill is enabled');
    return warning(
      'the service sigill is not installed or not enabled',
      'after a power cut nothing is read until someone comes',
      'sudo npx sigill install FILE',
    );
  },
};

const runs: Check = {
  id: 'running',
  title: 'It runs',
  async run({ running, config }) {
    if (config === null) return skipped('there is no configuration');
    if (running !== null) return ok('it answers');
    return fault(
      'nothing runs on this data directory',
      'no device is read',
      `sudo systemctl start sigill, or: npx sigill ${config.kind} run ${config.file}`,
    );
  },
};

const version: Check = {
  id: 'version',
  title: 'What runs is what is installed',
  async run({ running, version }) {
    if (running?.version === undefined) return skipped('nothing runs that tells its version');
    if (running.version === version) return ok(version);
    return warning(
      `${running.version} runs, ${version} is installed`,
      'the newer one is not in use',
      'sudo systemctl restart sigill',
    );
  },
};

const FULL_SHARE = 0.8;

const journal: Check = {
  id: 'journal',
  title: 'The journal takes readings',
  async run({ running }) {
    const agent = running?.agent;
    if (agent == null) return skipped('nothing runs');
    if (agent.state === 'recovering') {
      return fault(
        `the journal failed and is opened again: ${agent.reason}`,
        'readings are lost until it opens; each loss is counted and told by a gap',
        'Look at the disk: sudo dmesg | tail; sigill doctor tells its room and health',
      );
    }
    const { heldBytes, maxBytes } = agent.journal ?? {};
    if (heldBytes === undefined || maxBytes === undefined) return skipped('its size is not told');
    const share = heldBytes / maxBytes;
    const found = `${Math.round(heldBytes / 1_048_576)} of ${Math.round(maxBytes / 1_048_576)} MiB are held`;
    if (agent.full === true) {
      return fault(
        `${found}: it is full`,
        'new readings are refused; each loss is counted and told by a gap',
        'Bring the way to the cloud back: what it has taken makes room',
      );
    }
    if (share < FULL_SHARE) return ok(found);
    return warning(
      found,
      'when it is full, new readings are refused',
      'Bring the way to the cloud back',
    );
  },
};

const losses: Check = {
  id: 'losses',
  title: 'Nothing was lost since the start',
  async run({ running }) {
    const lost = running?.agent?.lost;
    if (lost === undefined) return skipped('nothing runs');
    if (lost === 0) return ok('no reading was lost');
    return warning(
      `${lost} readings were lost since the start`,
      'each is told by a gap in its stream, so that nobody takes the silence for a zero',
      'sigill tail shows the gaps with their causes: disk, full or streams',
    );
  },
};

const receipts: Check = {
  id: 'receipts',
  title: 'The site log gives receipts',
  async run({ running }) {
    const position = running?.agent?.position;
    if (position?.sealedBefore === undefined || position.receiptedBefore === undefined) {
      return skipped('nothing runs');
    }
    const waiting = position.sealedBefore - position.receiptedBefore;
    const found = `${position.receiptedBefore} batches have their receipt, ${waiting} wait`;
    // A batch closes each ten seconds: so many wait after some minutes.
    if (waiting < 30) return ok(found);
    return warning(
      found,
      'without receipts nothing can be forgotten, and the journal fills',
      'On a box of its own: is its gateway reachable? On a gateway: sigill status tells why its log takes nothing',
    );
  },
};

const cloud: Check = {
  id: 'cloud-receipt',
  title: 'The cloud has what was sealed',
  async run({ running }) {
    const told = running?.cloud;
    if (told === undefined) return skipped('nothing runs that has a cloud');
    if (told === 'none') return skipped('no cloud is configured');
    const behind = (running?.logSize ?? 0) - (told.receipted ?? 0);
    const found = `the cloud answers for ${told.receipted ?? 0} of ${running?.logSize ?? 0} batches`;
    if (told.lastError != null) {
      return fault(
        `${found}; ${told.lastError}`,
        'readings wait here, sealed',
        'Do what the sentence says; it is tried again by itself',
      );
    }
    if (behind < 60) return ok(found);
    return warning(
      found,
      'the rest exists on this card alone',
      'It catches up by itself; sigill status shows the pace',
    );
  },
};

const quarantine: Check = {
  id: 'quarantine',
  title: 'No key has signed two histories',
  async run({ running }) {
    const out = running?.quarantined;
    if (out === undefined) return skipped('nothing runs that takes in batches');
    if (out.length === 0) return ok('no agent is put out');
    return fault(
      out.map(({ technician }) => technician).join(' '),
      'what such a box seals is not taken until the operator has looked; it reads on and keeps it',
      'Find out whether a second box runs with that card; tell the operator, who revokes it or lets it in again',
    );
  },
};

const key: Check = {
  id: 'key',
  title: 'This box may sign',
  async run({ running }) {
    if (running?.agent == null) return skipped('nothing runs');
    const { held } = running.agent;
    if (held == null) return ok('its key is in force');
    return fault(
      held,
      'it reads on and keeps what it reads, and seals nothing',
      'Do what the sentence says; the operator sees the same with their side of it',
    );
  },
};

const gatewayLink: Check = {
  id: 'gateway-link',
  title: 'The gateway answers this agent',
  async run({ running }) {
    if (running?.link === undefined) return skipped('this box is no agent of another gateway');
    const { state, reason } = running.link;
    if (state === 'open') return ok('connected');
    return fault(
      `${state}: ${reason ?? 'no reason is told'}`,
      'readings wait here, sealed; nothing is lost while the disk has room',
      'Is the gateway on, and its broker reachable from here? Do what the sentence says',
    );
  },
};

const AWAY_MS = 10 * 60_000;

const agents: Check = {
  id: 'agents',
  title: 'The agents of this gateway are heard',
  async run({ running, now }) {
    const list = (running?.remoteAgents ?? []).filter(({ state }) => state !== 'revoked');
    if (list.length === 0) return skipped('no agent on another box belongs to it');
    return list.map(({ agent, name, connected, lastSeen }) => {
      const who = name ?? agent.slice(0, 8);
      if (connected) return ok(`${who} is connected`);
      const seen =
        lastSeen === null
          ? 'since the start'
          : `for ${Math.round((now() - lastSeen) / 60_000)} min`;
      if (lastSeen !== null && now() - lastSeen < AWAY_MS)
        return ok(`${who} was here a moment ago`);
      return warning(
        `${who} was not heard ${seen}`,
        'it keeps what it reads until it is back; without power it reads nothing, and tells that later',
        `On its box: sigill doctor; from here, is its network up?`,
      );
    });
  },
};

const broker: Check = {
  id: 'broker',
  title: 'The broker understands its devices',
  async run({ running }) {
    if (running?.broker == null) return skipped('no broker runs');
    const { quarantine, failedLogins, clients } = running.broker;
    const aside = quarantine?.messages ?? 0;
    const devices = (clients ?? []).filter(({ kind }) => kind === 'client');
    if (aside > 0) {
      return warning(
        `${aside} messages are put aside: nobody may send them, no source takes them, or no driver reads them`,
        'they become no readings; they are kept for looking at, the oldest make room',
        'sigill status --json tells the last ones with their reasons; grant the topic, add a source, or correct the device',
      );
    }
    if ((failedLogins ?? 0) > 0) {
      return warning(
        `${failedLogins} logins failed since the start`,
        'a device with a wrong password is not heard; or somebody guesses',
        'sigill gateway client list shows who may connect; client add --new-password makes a new one',
      );
    }
    return ok(`${devices.filter(({ connected }) => connected > 0).length} devices are connected`);
  },
};

export const processChecks: readonly Check[] = [
  ...[runs, service, version, key, gatewayLink, journal, losses, receipts, cloud, quarantine],
  ...[agents, broker],
];
