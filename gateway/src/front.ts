/**
 * Where a running gateway can be asked at its own site: the socket of its tools, its page, and where agents ask to be let
 * in.
 * @module
 */
import { hostname, networkInterfaces } from 'node:os';
import { startControl } from '@sigill/edge';
import type { KnownAgents } from './agents/known-agents.ts';
import type { GatewayConfig } from './config.ts';
import { openGenerationFile } from './enrolment/asked-generation.ts';
import { nextLogOf } from './enrolment/next-log.ts';
import { type OpenedEnrolment, openEnrolment } from './enrolment/open-enrolment.ts';
import type { Tell } from './events.ts';
import type { ReadingFeed } from './reading-feed.ts';
import type { RegisterHolder } from './register.ts';
import type { GatewayStatus, ToldStatus } from './status.ts';
import type { Examined } from './tools/doctor/examine.ts';

export interface FrontParts {
  readonly config: GatewayConfig;
  /** Of the configuration. */
  readonly file: string;
  readonly version: string;
  status(): GatewayStatus;
  readonly feed: ReadingFeed;
  readonly register: RegisterHolder;
  readonly knownAgents: () => KnownAgents;
  readonly tell: Tell;
}

export interface Front {
  stop(): Promise<void>;
}

/** @throws GatewayError STATUS_LISTEN_FAILED, FILE_MISSING, KEY_FILE_INVALID, EdgeError KEY_FILE_* */
export async function openFront(parts: FrontParts): Promise<Front> {
  const { config, version, feed, register } = parts;
  const nextLog = openGenerationFile(config.data);
  const status = (): ToldStatus => ({
    ...parts.status(),
    nextLog: nextLogOf(register, nextLog),
  });
  const control = await startControl({
    directory: config.data,
    status: () => ({ version, ...status() }),
    subscribe: feed.subscribe,
  });
  let enrolment: OpenedEnrolment | null = null;
  try {
    enrolment = await openEnrolment({ ...parts, names: namesOfThisBox() });
    const page = await openPage(parts, status, enrolment.mount);
    return {
      async stop() {
        await page?.stop();
        await enrolment?.stop();
        await control.stop();
      },
    };
  } catch (error) {
    await enrolment?.stop();
    await control.stop();
    throw error;
  }
}

async function openPage(
  { config, file, feed, tell }: FrontParts,
  status: () => ToldStatus,
  more: OpenedEnrolment['mount'],
) {
  if (config.status === null) return null;
  // Loaded only by a gateway that has a page.
  const { startStatusServer } = await import('./status-page/status-server.ts');
  const page = await startStatusServer({
    config: config.status,
    name: config.name,
    names: namesOfThisBox(),
    status,
    readings: feed.newest,
    examine: () => examineThisBox(file),
    now: Date.now,
    ...(more === undefined ? {} : { more }),
  });
  const pinned = page.pin === null ? '' : `, certificate ${page.pin}`;
  tell({ level: 'info', what: 'page', text: `its page is ${page.url}${pinned}` });
  return page;
}

async function examineThisBox(file: string): Promise<Examined[]> {
  const { lookAtThisBox } = await import('./tools/doctor/look.ts');
  const { examine } = await import('./tools/doctor/examine.ts');
  const examined: Examined[] = [];
  for await (const one of examine(await lookAtThisBox(file))) examined.push(one);
  return examined;
}

/** As a phone on the site's network may call it; the first is the certificate's own name. */
function namesOfThisBox(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [
    ...new Set([hostname(), `${hostname()}.local`, ...addresses.map(({ address }) => address)]),
  ].filter((name) => !name.includes('%'));
}
