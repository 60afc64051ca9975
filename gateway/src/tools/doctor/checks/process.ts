/** The running process: whether it runs, starts by itself, may sign and keeps up. */
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

export const processChecks: readonly Check[] = [runs, service, version, key, journal, losses];
