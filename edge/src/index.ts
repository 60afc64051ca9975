/**
 * The agent: stamps, batches, seals, keeps and sends readings. The public face, exports only.
 * @module
 */
export { type Agent, createAgent, type ObserveOptions } from './agent.ts';
export {
  type AgentKind,
  type Boot,
  bootIdOf,
  type Gap,
  type GapCause,
  planOf,
} from './agent-kinds.ts';
export type { AgentParts } from './agent-parts.ts';
export type { AgentPosition, AgentStatus } from './agent-status.ts';
export { type BatchLimits, DEFAULT_BATCH_LIMITS } from './batcher.ts';
export type { AgentClock, ClockState } from './clock.ts';
export { askStatus, followReadings, type ToldLine } from './control/control-client.ts';
export { type Control, type ControlParts, startControl } from './control/control-server.ts';
export { type ToldReading, tellReadings } from './control/told-reading.ts';
export {
  type BoxIdentity,
  type Enrolled,
  type EnrolmentEvent,
  type EnrolmentParts,
  enrol,
} from './enrolment/client.ts';
export { describeBox, describeEnrolmentEvent } from './enrolment/describe.ts';
export { EnrolmentError, type EnrolmentErrorCode } from './enrolment/enrolment-error.ts';
export {
  type Answer,
  createExchange,
  type Exchange,
  parseServerUrl,
  type Question,
  type ShownCertificate,
} from './enrolment/exchange.ts';
export { keepSecret, replaceFile } from './enrolment/files.ts';
export { EdgeError, type EdgeErrorCode } from './errors.ts';
export type { AskHead, GatewayHead } from './gateway-head.ts';
export { type Disk, type DiskFile, readFully, writeFully } from './journal/disk.ts';
export type {
  Journal,
  JournalLimits,
  JournalOptions,
  JournalRecord,
  JournalUsage,
  Position,
} from './journal/journal.ts';
export { createMemoryJournal } from './journal/memory-journal.ts';
export { openSegmentJournal, type SegmentJournalOptions } from './journal/segment-journal.ts';
export { systemDisk } from './journal/system-disk.ts';
export {
  type AgentLink,
  type AgentLinkParts,
  createAgentLink,
  type LinkStatus,
} from './link/agent-link.ts';
export { decodeDown, decodeUp, encodeDown, encodeUp } from './link/codec.ts';
export { toHeadMessages } from './link/head-messages.ts';
export {
  type DownMessage,
  downTopic,
  type HeadMessage,
  type HelloMessage,
  type LinkState,
  MAX_LINK_MESSAGE_BYTES,
  MAX_LINK_TEXT,
  type ReceiptMessage,
  type RefusedMessage,
  type StreamHead,
  type StreamsMessage,
  type UpMessage,
  upTopic,
} from './link/messages.ts';
export { createMqttDial, type MqttDialOptions } from './link/mqtt-dial.ts';
export type { DialLink, LinkWire, LinkWireListener } from './link/wire.ts';
export type { Log } from './log.ts';
export type { AgentObservation } from './observation.ts';
export { acquireDataLock, type DataLock } from './process/data-lock.ts';
export {
  createKeyFile,
  readKeyFile,
  readSecretFile,
  writeSecretFile,
} from './process/key-file.ts';
export type { AgentReport } from './process/report.ts';
export type { Rejected, RejectedFrame } from './quarantine.ts';
export type { Rollback } from './rollback.ts';
export type { SealedBatch } from './sealer.ts';
export { readSources, type SourceConfig } from './sources/config.ts';
export { lineOfKey } from './sources/config-change.ts';
export { ConfigError, type ConfigSection, createConfigSection } from './sources/config-section.ts';
export { type ConfigWatch, type ConfigWatchParts, watchConfig } from './sources/config-watch.ts';
export type { Delivered } from './sources/delivered.ts';
export { type OpenedTransportConfig, openTransport } from './sources/open-transport.ts';
export type { SourceCode, SourceErrorCode, SourceState } from './sources/source-judgement.ts';
export {
  AGENT_DRIVER,
  AGENT_SOURCE,
  type SourcePlan,
  toSourcePlan,
} from './sources/source-plan.ts';
export {
  createSourceSet,
  type SourceAgent,
  type SourceSet,
  type SourceSetParts,
} from './sources/source-set.ts';
export {
  type SourceHealth,
  type SourceSupervisor,
  type SourceSupervisorOptions,
  startSourceSupervisor,
} from './sources/source-supervisor.ts';
export { createTopicMatch, isTopicFilter } from './sources/topic-filter.ts';
export type {
  BrokerTransportConfig,
  MqttTransportConfig,
  SerialTransportConfig,
  TcpTransportConfig,
  TransportConfig,
} from './sources/transport-config.ts';
export { createSystemClock, readBootId } from './system-clock.ts';
export { systemTimers, type Timers } from './timers.ts';
export { type InProcessUplinkOptions, startInProcessUplink } from './uplink/in-process.ts';
export { type LogWitness, type LogWitnessParts, openLogWitness } from './uplink/log-witness.ts';
export { type MqttUplink, type MqttUplinkOptions, startMqttUplink } from './uplink/mqtt.ts';
export type { SiteLogName } from './uplink/receipt-check.ts';
export type { BatchReceipt, OfferBatch, Uplink, UplinkStatus } from './uplink/uplink.ts';
