/** The clock: plausible, synchronised, and whether the box keeps it through a power cut. */
import { type Check, fault, ok, skipped, warning } from '../check.ts';

// No reading can be older than the software that made it.
const RELEASED_MS = Date.UTC(2026, 10, 22);
// A cloud's clock is looked at over a network: a second or two mean nothing.
const MAX_DIFFERENCE_MS = 5000;

const plausible: Check = {
  id: 'clock',
  title: 'The clock shows a time that can be',
  async run({ now }) {
    const shown = new Date(now()).toISOString();
    if (now() >= RELEASED_MS) return ok(shown);
    return fault(
      `it shows ${shown}, before this software was made`,
      'readings are numbered and kept all the same, and say that their time is not known',
      'Connect the network so that time arrives, or set it: sudo date -s "2026-11-22 14:00"',
    );
  },
};

const synchronised: Check = {
  id: 'clock-sync',
  title: 'The clock is synchronised',
  async run({ machine }) {
    const ran = await machine.run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value']);
    const answer = ran?.output.trim();
    if (answer === 'yes') return ok('the system says that it is');
    if (answer !== 'no') return skipped('this system does not tell (no timedatectl)');
    return warning(
      'no time server has answered since the start',
      'the times of readings rest on a clock that drifts a minute in some weeks',
      'sudo timedatectl set-ntp true; open UDP port 123 outwards, or name a time server of the site in /etc/systemd/timesyncd.conf',
    );
  },
};

const chip: Check = {
  id: 'clock-chip',
  title: 'The clock goes on while the power is off',
  async run({ machine }) {
    const chips = await machine.list('/sys/class/rtc');
    if (chips.length > 0) return ok(`clock chip ${chips[0]}`);
    return warning(
      'this box has no clock chip',
      'after a power cut it begins with an old time until a time server answers; readings until then say so',
      'Nothing must be done where the network is reliable; else add a DS3231 module',
    );
  },
};

const agreesUpstream: Check = {
  id: 'clock-upstream',
  title: 'The clock agrees with the cloud’s',
  async run({ config, network, now }) {
    if (config?.upstream == null || !/^https?:$/.test(config.upstream.url.protocol)) {
      return skipped('there is no cloud to compare with');
    }
    const theirs = await network.clockOf(config.upstream.url).catch(() => null);
    if (theirs === null) return skipped('the cloud could not be asked');
    const difference = now() - theirs;
    const found = `${Math.round(Math.abs(difference) / 1000)} s ${difference < 0 ? 'behind' : 'ahead of'} the cloud`;
    if (Math.abs(difference) <= MAX_DIFFERENCE_MS) return ok(found);
    return warning(
      found,
      'times of readings are off by as much, and a verdict says that the clock does not agree',
      'sudo timedatectl set-ntp true, and wait a minute',
    );
  },
};

export const clockChecks: readonly Check[] = [plausible, synchronised, chip, agreesUpstream];
