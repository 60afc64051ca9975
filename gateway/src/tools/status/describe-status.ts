/**
 * A running box on one screen: what it reads, what waits, who has it already.
 * @module
 */
import type { BoxConfig, Running } from '../doctor/box.ts';

type Line = readonly [label: string, text: string];

const MIB = 1_048_576;

export function describeStatus(config: BoxConfig, running: Running, nowMs: number): string {
  const blocks: (readonly Line[])[] = [
    [[config.kind, `${config.name}${running.version ? `  (${running.version})` : ''}`]],
    sourceLines(running, nowMs),
    agentLines(running),
    gatewayLines(running, nowMs),
    peerLines(running, nowMs),
    alarmLines(running),
  ];
  const width = Math.max(...blocks.flat().map(([label]) => label.length));
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(([label, text]) => `${label.padEnd(width)}  ${text}\n`).join(''))
    .join('\n');
}

function sourceLines({ sources }: Running, nowMs: number): Line[] {
  if (sources === undefined) return [];
  if (sources.length === 0) return [['sources', 'none; sigill ports --listen finds devices']];
  return sources.map(({ source, state, reason, lastObservedMs }) => {
    const last =
      lastObservedMs === null ? 'nothing read yet' : `last ${ago(nowMs - lastObservedMs)}`;
    return [source, `${state}, ${last}${reason === null ? '' : `: ${reason}`}`];
  });
}

function agentLines({ agent }: Running): Line[] {
  if (agent == null) return [];
  const lines: Line[] = [];
  const { journal, position, state, reason, lost, held: out } = agent;
  const held =
    journal?.heldBytes === undefined ? '' : `, holds ${(journal.heldBytes / MIB).toFixed(1)} MiB`;
  lines.push(['agent', `${state ?? 'unknown'}${held}${reason == null ? '' : `: ${reason}`}`]);
  if (position?.sealedBefore !== undefined && position.receiptedBefore !== undefined) {
    const waiting = position.sealedBefore - position.receiptedBefore;
    lines.push(['batches', `${position.sealedBefore} sealed, ${waiting} wait for their receipt`]);
  }
  if (out != null) lines.push(['key', out]);
  if (lost !== undefined && lost > 0) lines.push(['lost', `${lost} readings, each told by a gap`]);
  return lines;
}

function gatewayLines(running: Running, nowMs: number): Line[] {
  const { logSize, cloud, ledger } = running;
  const lines = logLines(running);
  if (cloud === 'none') lines.push(['cloud', 'none configured']);
  else if (cloud !== undefined) {
    const { reachable, receipted, lastError } = cloud;
    const has = `answers for ${receipted ?? 0} of ${logSize ?? 0}`;
    lines.push([
      'cloud',
      reachable ? has : `away; ${has}${lastError == null ? '' : `; ${lastError}`}`,
    ]);
  }
  if (ledger === 'not anchored') lines.push(['ledger', notAnchoredHere(running, nowMs)]);
  else if (ledger !== undefined) lines.push(['ledger', ledger.lastError ?? 'anchors']);
  return lines;
}

function notAnchoredHere({ anchoring }: Running, nowMs: number): string {
  if (anchoring?.by !== 'notary') return 'not anchored';
  const { last } = anchoring;
  if (last === null) return 'the operator’s notary anchors this log; no final anchor of it yet';
  return `the operator’s notary anchors this log: anchor ${last.index} covers ${last.size} batches, ${ago(nowMs - last.at)}`;
}

function logLines({ logSize, origin, record, closedFor, nextLog }: Running): Line[] {
  if (logSize === undefined) return [];
  const { generation = 1, closed } = record ?? {};
  const which = generation > 1 ? `, ${origin}, generation ${generation}` : '';
  const closedAt = closed == null ? '' : `, closed at ${closed.size}`;
  const lines: Line[] = [['site log', `${logSize} batches${which}${closedAt}`]];
  if (closedFor != null) lines.push(['', `it takes no more: ${closedFor}`]);
  if (nextLog != null) lines.push(['next log', nextLog.text]);
  return lines;
}

/** Who sends here, or where this box sends to. */
function peerLines({ link, remoteAgents, broker }: Running, nowMs: number): Line[] {
  const lines: Line[] = [];
  if (link !== undefined) {
    lines.push([
      'gateway',
      link.reason == null ? (link.state ?? 'unknown') : `away: ${link.reason}`,
    ]);
  }
  for (const { agent, name, state, connected, lastSeen, lag } of remoteAgents ?? []) {
    const seen = lastSeen === null ? 'not heard yet' : `last heard ${ago(nowMs - lastSeen)}`;
    const behind = lag === null || lag === 0 ? '' : `, ${lag} batches behind`;
    const how = state === 'open' ? (connected ? 'connected' : 'away') : state;
    lines.push([name ?? agent.slice(0, 8), `agent, ${how}, ${seen}${behind}`]);
  }
  if (broker != null) {
    const devices = (broker.clients ?? []).filter(({ kind }) => kind === 'client');
    const aside = broker.quarantine?.messages ?? 0;
    const connected = devices.filter((device) => device.connected > 0).length;
    lines.push([
      'broker',
      `${connected} devices connected${aside > 0 ? `, ${aside} messages put aside` : ''}`,
    ]);
  }
  return lines;
}

function alarmLines({ quarantined }: Running): Line[] {
  return (quarantined ?? []).map(({ technician }) => ['put out', technician]);
}

function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}
