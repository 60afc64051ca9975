/**
 * The site's box: admission, site log, ledger, notary, the way to the cloud. The public face, exports only.
 * @module
 */
export {
  type Admission,
  type AdmissionParts,
  type Admitted,
  createAdmission,
} from './admission/admission.ts';
export { type ChainHeads, openChainHeads } from './admission/chain-heads.ts';
export type { Conflict, Conflicts } from './admission/conflicts.ts';
export { openQuarantine, type Quarantine } from './admission/quarantine.ts';
export { type KnownAgent, type KnownAgents, openKnownAgents } from './agents/known-agents.ts';
export type { AgentLinks, LinkStatus } from './agents/link.ts';
export {
  type CloudConfig,
  type GatewayConfig,
  type LedgerConfig,
  parseGatewayConfig,
} from './config.ts';
export { createDisk, type Disk, type DiskFile } from './disk/disk.ts';
export { type FileSystem, nodeFileSystem } from './disk/file-system.ts';
export { GatewayError, type GatewayErrorCode } from './errors.ts';
export type { GatewayEvent, Tell } from './events.ts';
export { type Gateway, type GatewayParts, startGateway } from './gateway.ts';
export { type AloneOptions, initGateway, type MadeGateway } from './init/init-gateway.ts';
export { type Deployed, type DeployParts, deployAnchorLog } from './ledger/deploy-anchor-log.ts';
export {
  type DevelopmentNode,
  type DevelopmentNodeOptions,
  startDevelopmentNode,
} from './ledger/development-node.ts';
export { type EvmLedgerParts, openEvmLedger } from './ledger/evm-ledger.ts';
export { createJsonRpc, type JsonRpc } from './ledger/json-rpc.ts';
export { createKeystore, openKeystore } from './ledger/keystore.ts';
export type { AnchorStatus, Ledger, LedgerStatus, ProvenState } from './ledger/ledger.ts';
export { LedgerError, type LedgerErrorCode } from './ledger/ledger-error.ts';
export { createNotary, type Notary, type NotaryParts } from './notary/notary.ts';
export { createRollCallStore, type RollCallStore } from './notary/roll-call-store.ts';
export { type CloudDesk, createCloudDesk } from './notary-service/cloud-desk.ts';
export {
  createFleetNotary,
  type FleetNotary,
  type FleetNotaryParts,
  type FleetStatus,
} from './notary-service/fleet-notary.ts';
export { type KeptRegister, openKeptRegister } from './notary-service/kept-register.ts';
export { createRollStore, type KeptCall, type RollStore } from './notary-service/roll-store.ts';
export { type RunningNotary, runNotary } from './notary-service/run-notary.ts';
export { type CloudTeller, createCloudTeller } from './notary-service/tell-cloud.ts';
export { openRegister, type Register, type RegisterHolder } from './register.ts';
export { keepRecord, readRecords } from './register-files.ts';
export { type RunningGateway, runGateway } from './run-gateway.ts';
export { checkSiteLog } from './site-log/fsck.ts';
export { openSiteLog, type SiteLog, type SiteLogParts } from './site-log/site-log.ts';
export type { GatewayStatus, RemoteAgentStatus, ToldAlarm } from './status.ts';
export { systemTimers, type Timers } from './timers.ts';
export { type AnchorBundle, formatAnchorBundle } from './uplink/anchor-bundle.ts';
export { createCloudClient } from './uplink/cloud-client.ts';
export type { CloudUplinkStatus } from './uplink/cloud-uplink.ts';
export { createHttpClient, type HttpClient } from './uplink/http-client.ts';
export { type JudgedBeacon, judgeBeacon, type ToldBeacon } from './uplink/judge-beacon.ts';
