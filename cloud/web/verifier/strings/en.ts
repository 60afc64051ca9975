/** Every word of the verifier in English; what claims mean is said as the page says it. */
import { claims, finalities, nobody, reasons, trusts } from '../../src/strings/claims-en.ts';
import type { Trouble } from '../files/sort-bytes.ts';

const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

export const en = {
  claims: {
    ...claims,
    block: {
      ...claims.block,
      proof: (f: Parameters<typeof claims.block.proof>[0]) =>
        f.sealed === undefined
          ? `You found the same hash for block ${f.block} in ${f.sources}. It rests on ${finalities[String(f.profile)] ?? f.profile}.`
          : claims.block.proof(f, String),
    },
  },
  trusts,
  nobody,
  reasons: {
    ...reasons,
    NO_BLOCK_HEADER: 'Nobody has compared the block yet. You can: see “Compare the block” above.',
    NO_DECODER:
      'This page has no decoders of devices, so that it stays small enough to be examined. “sigill verify” has them and checks this too.',
    NO_PROJECTION:
      'This page computes no numbers. “sigill verify” does, from these very readings; or add them up yourself.',
  } as Readonly<Record<string, string>>,
  title: 'Sigill verifier',
  lead: 'Checks evidence of what a device read. All of it happens on this computer: nothing you put here is sent anywhere, and you can turn the network off.',
  language: 'Language',
  drop: 'Drop the evidence and the policy anywhere on this page, together or one after the other.',
  evidence: 'Evidence',
  evidenceText:
    'The .sigill file that is said to prove a reading. It is not believed; it is checked.',
  policy: 'Policy',
  policyText:
    'Says whom you trust: which operator, ledger and witnesses. Get it from a source of your own, not from whoever gave you the evidence.',
  choose: (what: string) => `Choose ${what.toLowerCase()} …`,
  paste: 'Paste as text',
  pasteInto: (what: string) => `${what} as text`,
  take: 'Use this text',
  remove: (what: string) => `Remove ${what.toLowerCase()}`,
  pasted: 'pasted text',
  policySays: 'Whom it trusts',
  operator: 'Operator’s first key',
  ledger: 'Ledger',
  noLedger: 'none',
  chain: (profile: string, id: number) => `${profile}, chain ${id}`,
  contract: 'Contract',
  witnesses: 'Witnesses',
  noWitnesses: 'none asked for',
  troubles: {
    empty: 'That file is empty.',
    tooLarge: 'That file is over 64 MB; no evidence file is. Ask for a shorter period.',
    archive: 'That is an archive (ZIP or the like). Unpack it and drop the .sigill file inside.',
    document: 'That is a document or a picture. Evidence is the .sigill file that came with it.',
    key: 'That is a private key. It is not needed here, and nobody should ask you for it: keep it to yourself.',
    webPage: 'That is a web page, perhaps this one. Evidence is a .sigill file.',
    rewritten:
      'That file was saved again by an editor and its bytes changed. Ask for the original and do not open it first.',
    newer: 'That was made for a newer verifier. Fetch the newest one from a source you trust.',
    otherJson: 'That is neither evidence nor a policy, though it is written in the same notation.',
    unknown: 'That is neither evidence nor a policy.',
    several:
      'Those were several files of evidence. One is judged at a time: the last one was taken.',
    policyForm: 'That policy does not agree with itself, or was changed. Ask for it again.',
  } as Readonly<Record<Trouble, string>>,
  refusals: {
    JSON_NOT_CANONICAL:
      'The file was written anew, perhaps by an editor: it may say the same, but its bytes are others. Ask for the original.',
    JSON_SCHEMA: 'The file is cut off or damaged: perhaps it was not sent whole. Ask for it again.',
  } as Readonly<Record<string, string>>,
  refusal: 'Its parts do not fit together as evidence must. Ask for it again.',
  judging: (megabytes: string) => `Judging ${megabytes} MB`,
  seconds: (count: number) => `${count} s`,
  failed: 'This page could not judge the file: an error of its own.',
  blockTitle: 'Compare the block',
  blockText: (block: string, ledger: string) =>
    `The evidence rests on block ${block} of the ledger (${ledger}). Look that block up in a source of your own and paste its hash here. Do not take the hash from whoever gave you the evidence.`,
  blockSources: 'Sources that the policy names:',
  blockHash: 'Hash of the block, as your source shows it',
  blockSource: 'Your source',
  blockSourceHint: 'e.g. an address or a person',
  blockCompare: 'Compare',
  blockForm: 'A hash has 64 digits from 0 to 9 and a to f, often with 0x before them.',
  blockOwn: 'a source of the verifier’s own',
  blockExpected: 'The hash in the evidence',
  blockOther:
    'Your source has another hash. Check that you looked at that very block of that very ledger. If you did, the evidence is of another chain.',
  outcomes: {
    broken: 'It does not hold.',
    refused: 'This file is no evidence.',
    policy: 'A policy is needed.',
    block: 'It holds so far; one step is left to you.',
    waits: 'It holds so far, but is not in the ledger yet.',
    open: 'It holds in part.',
    page: 'It holds, as far as this page checks.',
    proven: 'It is proven.',
  },
  outcomeTexts: {
    broken: (count: number) =>
      `${many(count, 'claim does', 'claims do')} not hold. This file does not prove what it says.`,
    refused: () => 'It was refused before any claim was looked at.',
    policy: () => 'Without a policy nobody says whom to trust, and hardly anything can be judged.',
    block: () =>
      'Compare the block below: until then nothing shows that the ledger is the real one.',
    waits: () => 'Ask for the evidence again when the ledger has its next anchor.',
    open: (count: number) =>
      `${many(count, 'claim was', 'claims were')} not checked, and what was not checked is not proven. Each says why.`,
    page: (count: number) =>
      `Every claim checked here holds. ${many(count, 'claim is', 'claims are')} not checked here: see why below.`,
    proven: () => 'Every claim holds.',
  },
  caveats: {
    development:
      'The ledger is a development ledger: one process on the machine of whoever runs it. It proves nothing to anybody else.',
    ownWitness: 'The only witness is the operator’s own: it proves nothing against the operator.',
  },
  tally: (holds: number, total: number) => `${holds} of ${total} claims hold`,
  holds: { yes: 'Holds', no: 'Does not hold', 'not checked': 'Not checked' },
  reportTitle: 'Record of this verification',
  report: {
    evidence: 'Evidence file',
    policy: 'Policy',
    block: 'Block compared',
    judged: 'Judged',
    verifier: 'Verifier',
  },
  noPolicy: 'none given',
  byClock: 'by this computer’s clock',
  print: 'Print or save as PDF',
  readTitle: 'What was read',
  notProven: 'not proven',
  read: 'Read',
  from: 'From',
  numbered: 'Reading',
  agent: 'Agent',
  site: 'Site log',
  sealedBetween: 'Sealed between',
  sealedBefore: 'Sealed before',
  and: 'and',
  allFields: (count: number) => `All ${count} values`,
  numberTitle: 'The number',
  notRecomputed: 'Said to follow from the readings below. This page does not compute it.',
  computedBy: 'Computed by',
  assumptions: 'Under the assumptions',
  rangeTitle: 'The readings',
  period: 'Period',
  wholeStream: 'not stated: the readings are counted by number alone',
  series: 'Series',
  there: 'Present',
  of: (present: string, count: string) => `${present} of ${count}`,
  numbers: 'Numbers',
  first: 'First',
  last: 'Last',
  missing: 'Missing',
  nothingMissing: 'nothing',
  erased: 'erased by the operator',
  unexplained: 'no reason is given',
  hole: (from: string, to: string) => (from === to ? `Number ${from}` : `Numbers ${from} to ${to}`),
  gapsTitle: 'Silences that the agent itself told',
  gap: (count: string | null) =>
    count === null ? 'an unknown number of readings' : `${count} readings`,
  causes: {
    restart: 'the agent was restarted',
    power: 'the box lost power',
    full: 'its storage was full',
    disk: 'its disk failed or was too slow',
    streams: 'too many devices',
    flood: 'more came than could be taken',
    rollback: 'its storage was put back to an earlier state',
  } as Readonly<Record<string, string>>,
  until: 'until',
  more: (count: number) => `and ${count} more`,
  valuesOf: 'Values',
  shownRows: (shown: number, all: number) =>
    shown === all ? '' : `The first and the last of ${all}; the file has all of them.`,
  number: 'No.',
  time: 'Time',
  curve: (name: string, low: string, high: string) => `${name}: lowest ${low}, highest ${high}`,
  claimsTitle: 'What was claimed, and what proved it',
  groups: {
    reading: 'What was read',
    key: 'The key that signed it',
    log: 'The log it stands in',
    ledger: 'The ledger behind the log',
    time: 'When',
  },
  trust: 'Whom you trust',
  trustTitle: 'Whom you must trust',
  trustText: 'What holds above rests on these, on this page and on this computer; on nobody else.',
  limitsTitle: 'What is not proven',
  limits: [
    'That the device measured rightly, and that the agent read it just when it says: that rests on the device and the agent.',
    'What was lost before the agent’s first word of it left the box, and what a stolen key sealed before it was revoked.',
  ],
  aboutTitle: 'About this page',
  about: [
    'This one file is the whole verifier. It has no address to send to, and its own security policy lets it load and send nothing.',
    'Get it from a source you trust, and not from whoever gave you the evidence: a forged verifier says what its maker likes. Compare the SHA-256 of the file with the one published, with a tool of your own computer:',
  ],
  aboutHash: 'What this page computes of itself, to name it in a record:',
};

export type Strings = typeof en;
