/** Configuration, keys, records: what the box was told and what it must keep to itself. */
import type { Box } from '../box.ts';
import { type Check, type Finding, fault, ok, skipped, warning } from '../check.ts';

const configuration: Check = {
  id: 'configuration',
  title: 'The configuration can be read',
  async run({ config, configFault }) {
    if (configFault !== null) {
      return fault(
        configFault.message,
        'a running process goes on with the last one that could be read; a new start fails',
        'Mend the line; the message says what to write there',
      );
    }
    if (config !== null) return ok(`${config.file}: ${config.kind} ${config.name}`);
    return fault(
      'there is no gateway.yaml or agent.yaml here',
      'without it nothing is read',
      'Name it: sigill doctor /etc/sigill/gateway.yaml; or make one: sigill gateway init',
    );
  },
};

const keys: Check = {
  id: 'keys',
  title: 'The keys are there, and this user’s alone',
  async run(box) {
    if (box.config === null) return skipped('there is no configuration');
    return Promise.all(box.config.keyFiles.map((path) => examineKey(box, path)));
  },
};

async function examineKey({ machine }: Box, path: string): Promise<Finding> {
  const found = await machine.stat(path);
  if (found === null) {
    return fault(
      `${path} is missing`,
      'without its key this box is not the one that was enrolled',
      'Restore it from your copy; if there is none, revoke this box and enrol it anew',
    );
  }
  if ((found.mode & 0o077) !== 0) {
    return fault(
      `${path} can be read by others (mode 0${found.mode.toString(8)})`,
      'whoever copies a key can sign readings as this box',
      `chmod 600 ${path}; if others used this machine, revoke the key`,
    );
  }
  if ((await machine.access(path, 'read')) !== 'yes') {
    return fault(
      `${path} belongs to another user`,
      'the service cannot sign with it',
      `Run this as the user of the service, or: sudo chown sigill ${path}`,
    );
  }
  return ok(path);
}

const enrolled: Check = {
  id: 'enrolment',
  title: 'The operator has registered this box',
  async run({ config, machine }) {
    if (config === null) return skipped('there is no configuration');
    if (config.recordFiles.length === 0) return notEnrolled(config.kind);
    for (const path of config.recordFiles) {
      if ((await machine.stat(path)) === null) {
        return fault(
          `${path} is missing`,
          'it is the operator’s word that this box may sign; without it nothing starts',
          `Run sigill ${config.kind} enroll again: it fetches what is missing`,
        );
      }
    }
    return ok(`records: ${config.recordFiles.length} files`);
  },
};

function notEnrolled(kind: 'gateway' | 'agent'): Finding {
  return fault(
    'this box is not enrolled',
    'it seals nothing before it knows its log and the operator knows its key',
    `Ask the operator for a code, then: sigill ${kind} enroll URL CODE`,
  );
}

const dataDirectory: Check = {
  id: 'data-directory',
  title: 'The data directory is this user’s',
  async run({ config, machine, user }) {
    if (config === null) return skipped('there is no configuration');
    const found = await machine.stat(config.data);
    if (found === null) return ok(`${config.data} is made at the first start`);
    const writable = await machine.access(config.data, 'write');
    if (writable !== 'yes') {
      return fault(
        `${user.name} may not write ${config.data}`,
        'nothing can be kept',
        `sudo chown -R ${user.name} ${config.data}`,
      );
    }
    if ((found.mode & 0o002) !== 0) {
      return warning(
        `everyone may write ${config.data}`,
        'another program can damage what is kept',
        `chmod 700 ${config.data}`,
      );
    }
    return ok(config.data);
  },
};

export const fileChecks: readonly Check[] = [configuration, keys, enrolled, dataDirectory];
