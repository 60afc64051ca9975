/** Who this box talks to at its site: its gateway, its agents, its devices. */
import { type Check, fault, ok, skipped, warning } from '../check.ts';

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

export const peerChecks: readonly Check[] = [gatewayLink, agents, broker];
