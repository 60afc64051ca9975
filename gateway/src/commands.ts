/**
 * The gateway's commands.
 * @module
 */
import type { Command } from '@sigill/firmware-bridge';
import { gatewayApprove } from './commands/approve.ts';
import { gatewayClientAdd, gatewayClientList, gatewayClientRemove } from './commands/client.ts';
import { gatewayEnroll } from './commands/enroll.ts';
import { gatewayInit } from './commands/init.ts';
import { gatewayInvite } from './commands/invite.ts';
import { gatewayNewGeneration } from './commands/new-generation.ts';
import { notaryDeploy } from './commands/notary-deploy.ts';
import { notaryInit } from './commands/notary-init.ts';
import { notaryRun } from './commands/notary-run.ts';
import { gatewayPassword } from './commands/password.ts';
import { gatewayRun } from './commands/run.ts';
import { doctorCommand } from './tools/doctor/doctor-command.ts';
import { installCommand } from './tools/install/install-command.ts';
import { portsCommand } from './tools/ports/ports-command.ts';
import { statusCommand } from './tools/status/status-command.ts';
import { supportCommand } from './tools/support/support-command.ts';
import { tailCommand } from './tools/tail/tail-command.ts';

export const commands: readonly Command[] = [
  gatewayInit,
  gatewayEnroll,
  gatewayRun,
  gatewayInvite,
  gatewayApprove,
  gatewayNewGeneration,
  gatewayPassword,
  gatewayClientAdd,
  gatewayClientList,
  gatewayClientRemove,
  notaryInit,
  notaryDeploy,
  notaryRun,
  portsCommand,
  doctorCommand,
  statusCommand,
  tailCommand,
  supportCommand,
  installCommand,
];
