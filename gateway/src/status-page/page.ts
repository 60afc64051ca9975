/**
 * The page: a phone first, readable in the sun, without any file from elsewhere.
 * @module
 */
import type { SourceHealth, ToldReading } from '@sigill/edge';
import type { NextLogStatus } from '../enrolment/next-log.ts';
import type { AnchoringStatus } from '../status.ts';
import type { Examined } from '../tools/doctor/examine.ts';
import { describeReading } from '../tools/tail/describe-reading.ts';
import { headlineOf } from './headlines.ts';
import { type Html, html } from './html.ts';
import type { View } from './view.ts';
import { type Language, type PageWords, WORDS } from './words.ts';

const MIB = 1_048_576;
const MARKS = { ok: '✓', warning: '~', fault: '✗', skipped: '·' } as const;

export function loginPage(language: Language, name: string, problem: Html | null): string {
  const words = WORDS[language];
  return frame(
    language,
    name,
    html`<main class="login"><form method="post" action="/login"><h1>${name}</h1>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" autocapitalize="none" spellcheck="false" required autofocus>
${problem}<button>${words.logIn}</button></form>${languages(language)}</main>`,
  );
}

export function statusPage(language: Language, view: View): string {
  const words = WORDS[language];
  return frame(
    language,
    view.name,
    html`<main id="live" data-stale="${words.stale}">${liveParts(language, view)}</main>
<footer><a class="button" href="/doctor">${words.examine}</a>${languages(language)}
<form method="post" action="/logout"><button class="quiet">${words.logOut}</button></form></footer>
<script src="/refresh.js" defer></script>`,
  );
}

/** What changes: sent alone when the page asks again. */
export function liveParts(language: Language, view: View): Html {
  const words = WORDS[language];
  const { status } = view;
  return html`<header class="${view.mood}"><p class="origin">${status.origin}</p><h1>${view.name}</h1>
<p class="mood" role="status">${moodWords(words, view)}</p></header>
${alarms(language, view)}${sources(words, view)}${path(words, view)}${agents(words, view)}${clients(words, view)}${latest(words, view)}`;
}

export function doctorPage(
  language: Language,
  name: string,
  examined: readonly Examined[],
): string {
  const words = WORDS[language];
  const findings = examined.flatMap(({ title, findings: all }) =>
    all.filter(({ status }) => status !== 'skipped').map((finding) => ({ title, ...finding })),
  );
  const order = ['fault', 'warning', 'ok'];
  findings.sort((left, right) => order.indexOf(left.status) - order.indexOf(right.status));
  return frame(
    language,
    name,
    html`<main><h1>${words.examining}</h1><ul class="findings">${findings.map(
      ({
        title,
        status,
        found,
        why,
        remedy,
      }) => html`<li class="${status}"><p><span class="mark" aria-hidden="true">${MARKS[status]}</span>
<strong>${title}</strong>: ${found}</p>${why && html`<p>${words.why}: ${why}</p>`}${remedy && html`<p>${words.remedy}: <code>${remedy}</code></p>`}</li>`,
    )}</ul><p><a class="button" href="/">${words.back}</a></p></main>`,
  );
}

function frame(language: Language, name: string, body: Html): string {
  const { html: text } =
    html`<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name} · Sigill</title><link rel="stylesheet" href="/style.css"></head><body>${body}</body></html>`;
  return `<!doctype html>${text}`;
}

function languages(language: Language): Html {
  const other = language === 'sv' ? 'en' : 'sv';
  return html`<a class="quiet" href="/language/${other}" lang="${other}" hreflang="${other}">${WORDS[other].language}</a>`;
}

function moodWords(words: PageWords, { mood }: View): string {
  if (mood === 'needs') return words.needsYou;
  return mood === 'waits' ? words.waits : words.well;
}

function alarms(language: Language, { status, now }: View): Html {
  const words = WORDS[language];
  const { closedFor, nextLog, quarantined, agent } = status;
  const item = (code: string, text: string, note: Html = html``): Html => {
    const headline = headlineOf(language, code);
    return html`<li>${headline && html`<strong>${headline}</strong><br>`}<span lang="en">${text}</span>${note}</li>`;
  };
  const told = [
    ...(closedFor === null ? [] : [item('closed', closedFor)]),
    ...(nextLog === null ? [] : [nextLogItem(words, nextLog)]),
    ...quarantined.map(({ technician }) => item('quarantined', technician)),
    ...(agent.state === 'running' ? [] : [item('agent', agent.reason ?? agent.state)]),
    ...status.alarms.map(({ what, text, times, lastAt }) =>
      item(
        what,
        text,
        html` <small>${ago(words, now - lastAt)}${times > 1 && `, ${times} ${words.times}`}</small>`,
      ),
    ),
  ];
  if (told.length === 0) return html``;
  return html`<section class="alarms" role="alert"><h2>${words.alarms}</h2><ul>${told}</ul></section>`;
}

/** The digits stand alone, to be read over a telephone. */
function nextLogItem(words: PageWords, { fingerprint, text }: NextLogStatus): Html {
  return html`<li><strong>${words.nextLog}</strong><br><span lang="en">${text}</span>${fingerprint && html`<br><strong class="digits">${fingerprint}</strong>`}</li>`;
}

function sources(words: PageWords, { status, now }: View): Html {
  const list = [...status.sources]
    .sort(worstFirst)
    .map(({ source, driver, place, state, reason, lastObservedMs, rejected }) => {
      const last =
        lastObservedMs === null
          ? words.never
          : `${words.lastRead} ${ago(words, now - lastObservedMs)}`;
      const refused = rejected > 0 ? ` · ${rejected} ${words.refusedFrames}` : '';
      return html`<li class="source ${state}"><p><span class="dot" aria-hidden="true"></span><strong>${source}</strong>
<span class="state">${words.states[state]}</span></p><p class="small">${driver} · ${place}</p>
${reason && html`<p class="reason" lang="en">${reason}</p>`}<p class="small">${last}${refused}</p></li>`;
    });
  const shown =
    list.length === 0
      ? html`<p class="empty">${words.noSources}</p>`
      : html`<ul class="cards">${list}</ul>`;
  return html`<section><h2>${words.sources}</h2>${shown}</section>`;
}

const SEVERITY = ['silent', 'babbling', 'refused', 'waiting'];

function worstFirst(left: SourceHealth, right: SourceHealth): number {
  const rank = ({ state }: SourceHealth) => (SEVERITY.indexOf(state) + 5) % 5;
  return rank(left) - rank(right);
}

function path(words: PageWords, { status, path: steps, now }: View): Html {
  const most = Math.max(1, ...steps.map(({ batches }) => batches));
  const bars = steps.map(
    ({ step, batches }) =>
      html`<div class="step"><dt>${words[step]}</dt><dd><meter min="0" max="${most}" value="${batches}"></meter> ${batches}</dd></div>`,
  );
  const { cloud, ledger, agent, record } = status;
  const notes = [
    ...(record.generation > 1
      ? [html`<p class="small">${words.generation} ${record.generation}: ${status.origin}</p>`]
      : []),
    ...(record.closed === null
      ? []
      : [
          html`<p class="reason">${words.closed} ${record.closed.size}: ${record.closed.cause}</p>`,
        ]),
    ...(cloud === 'none' ? [html`<p class="small">${words.noCloud}</p>`] : []),
    ...(cloud !== 'none' && !cloud.reachable
      ? [html`<p class="reason">${words.cloudAway}${cloud.lastError && `: ${cloud.lastError}`}</p>`]
      : []),
    ledger === 'not anchored'
      ? html`<p class="small">${notAnchoredHere(words, status.anchoring, now)}</p>`
      : html`<p class="small">${words.anchored}: ${ledger.final}${ledger.alarm && html`<br>${ledger.alarm.text}`}</p>`,
    html`<p class="small">${words.journal}: ${((agent.journal?.heldBytes ?? 0) / MIB).toFixed(1)} MiB</p>`,
    ...(agent.lost > 0 ? [html`<p class="reason">${agent.lost} ${words.lost}</p>`] : []),
  ];
  return html`<section><h2>${words.path}</h2><dl class="path">${bars}</dl>${notes}</section>`;
}

function notAnchoredHere(words: PageWords, { by, last }: AnchoringStatus, now: number): string {
  if (by !== 'notary') return words.noLedger;
  const when = last === null ? '' : `, ${ago(words, now - last.at)}`;
  return `${words.notary}: ${last?.size ?? 0}${when}`;
}

function agents(words: PageWords, { status, now }: View): Html {
  if (status.broker === null) return html``;
  const list = status.remoteAgents.map(({ agent, name, state, connected, lastSeen, lag }) => {
    const seen =
      lastSeen === null ? words.never : `${words.lastSeen} ${ago(words, now - lastSeen)}`;
    const mark = state !== 'open' ? 'refused' : connected ? 'ok' : 'waiting';
    return html`<li class="source ${mark}"><p><span class="dot" aria-hidden="true"></span><strong>${name ?? agent.slice(0, 8)}</strong>
<span class="state">${state === 'open' ? (connected ? words.connected : words.away) : state}</span></p>
<p class="small">${seen}${lag !== null && ` · ${lag} ${words.behind}`}</p></li>`;
  });
  const shown =
    list.length === 0
      ? html`<p class="empty">${words.noAgents}</p>`
      : html`<ul class="cards">${list}</ul>`;
  return html`<section><h2>${words.agents}</h2>${shown}</section>`;
}

function clients(words: PageWords, { status }: View): Html {
  if (status.broker === null) return html``;
  const list = status.broker.clients.map(
    ({ name, connected, messages, undecodable, untaken }) =>
      html`<li class="source ${connected ? 'ok' : 'waiting'}"><p><span class="dot" aria-hidden="true"></span><strong>${name}</strong>
<span class="state">${connected ? words.connected : words.away}</span></p><p class="small">${messages} ${words.messages}${undecodable + untaken > 0 && ` · ${undecodable + untaken} ${words.refusedFrames}`}</p></li>`,
  );
  const shown =
    list.length === 0
      ? html`<p class="empty">${words.noClients}</p>`
      : html`<ul class="cards">${list}</ul>`;
  return html`<section><h2>${words.clients}</h2>${shown}</section>`;
}

function latest(words: PageWords, { readings }: View): Html {
  if (readings.length === 0)
    return html`<section><h2>${words.latest}</h2><p class="empty">${words.nothingSealed}</p></section>`;
  return html`<section><h2>${words.latest}</h2><ol class="readings">${readings.map(readingLine)}</ol></section>`;
}

function readingLine(reading: ToldReading): Html {
  return html`<li class="${reading.kind}">${describeReading(reading, false)}</li>`;
}

function ago(words: PageWords, ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} ${words.secondsAgo}`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120
    ? `${minutes} ${words.minutesAgo}`
    : `${Math.round(minutes / 60)} ${words.hoursAgo}`;
}
