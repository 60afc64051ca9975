/**
 * The page's own words in its languages; a missing one does not compile. What parts of the gateway say of
 * themselves in sentences is English, as in the log and in docs/errors.md; headlines.ts says what it is about.
 * @module
 */

const en = {
  language: 'English',
  title: 'Gateway',
  password: 'Password of this box',
  logIn: 'Log in',
  logOut: 'Log out',
  wrongPassword:
    'That is not the password. sigill gateway password makes a new one on the box itself.',
  slowDown: 'Too many tries. Wait a minute and try again.',
  well: 'All is well',
  needsYou: 'Somebody is needed',
  waits: 'It mends itself, or waits',
  alarms: 'What needs somebody',
  sources: 'Sources',
  noSources: 'Nothing is configured to be read. Find devices with: sigill ports --listen',
  lastRead: 'last read',
  never: 'nothing read yet',
  refusedFrames: 'frames refused',
  path: 'The way of readings',
  sealed: 'sealed here',
  logged: 'in the site log',
  atCloud: 'the cloud answers for',
  witnessed: 'witnessed',
  anchored: 'final on the ledger',
  generation: 'the log of this site, generation',
  closed: 'the operator closed this log, for ever, at',
  nextLog: 'The next log of this site',
  noCloud: 'no cloud is configured',
  noLedger: 'not anchored',
  notary: 'The operator’s notary anchors this log; batches it covers',
  cloudAway: 'The cloud is away; readings wait here, sealed',
  journal: 'kept on this box',
  agents: 'Agents on other boxes',
  noAgents: 'None. sigill gateway invite lets one in.',
  connected: 'connected',
  away: 'away',
  lastSeen: 'last seen',
  behind: 'batches behind',
  clients: 'Devices on this broker',
  noClients: 'None is connected. sigill gateway client add lets one in.',
  messages: 'messages',
  latest: 'Latest readings',
  nothingSealed: 'Nothing has been sealed since the start.',
  examine: 'Examine this box',
  back: 'Back',
  examining: 'What the doctor found',
  why: 'Why it matters',
  remedy: 'What to do',
  times: 'times',
  lost: 'readings lost since the start, each told by a gap',
  secondsAgo: 's ago',
  minutesAgo: 'min ago',
  hoursAgo: 'h ago',
  stale: 'This box has not answered for',
  states: {
    ok: 'reads',
    starting: 'starts',
    connecting: 'connects',
    waiting: 'waits',
    silent: 'silent',
    babbling: 'babbles',
    refused: 'refused',
  },
} as const;

type Words = {
  readonly [Key in keyof typeof en]: (typeof en)[Key] extends string
    ? string
    : Readonly<Record<keyof (typeof en)['states'], string>>;
};

const sv: Words = {
  language: 'Svenska',
  title: 'Gateway',
  password: 'Lösenord till den här lådan',
  logIn: 'Logga in',
  logOut: 'Logga ut',
  wrongPassword: 'Det är inte lösenordet. sigill gateway password gör ett nytt, på lådan själv.',
  slowDown: 'För många försök. Vänta en minut och försök igen.',
  well: 'Allt är väl',
  needsYou: 'Någon behövs',
  waits: 'Det lagar sig självt, eller väntar',
  alarms: 'Det här behöver någon',
  sources: 'Källor',
  noSources: 'Inget är inställt att läsas. Hitta enheter med: sigill ports --listen',
  lastRead: 'senast läst',
  never: 'inget läst ännu',
  refusedFrames: 'ramar avvisade',
  path: 'Avläsningarnas väg',
  sealed: 'förseglade här',
  logged: 'i platsens logg',
  atCloud: 'molnet svarar för',
  witnessed: 'bevittnade',
  anchored: 'slutgiltiga i liggaren',
  generation: 'platsens logg, generation',
  closed: 'operatören stängde loggen, för alltid, vid',
  nextLog: 'Platsens nästa logg',
  noCloud: 'inget moln är inställt',
  noLedger: 'förankras inte',
  notary: 'Operatörens notarie förankrar den här loggen; paket som täcks',
  cloudAway: 'Molnet är borta; avläsningar väntar här, förseglade',
  journal: 'sparat på lådan',
  agents: 'Agenter på andra lådor',
  noAgents: 'Inga. sigill gateway invite släpper in en.',
  connected: 'ansluten',
  away: 'borta',
  lastSeen: 'senast sedd',
  behind: 'satser efter',
  clients: 'Enheter på den här mäklaren',
  noClients: 'Ingen är ansluten. sigill gateway client add släpper in en.',
  messages: 'meddelanden',
  latest: 'Senaste avläsningar',
  nothingSealed: 'Inget har förseglats sedan starten.',
  examine: 'Undersök lådan',
  back: 'Tillbaka',
  examining: 'Vad läkaren fann',
  why: 'Varför det spelar roll',
  remedy: 'Vad du gör',
  times: 'gånger',
  lost: 'avläsningar förlorade sedan starten, var och en berättad av en lucka',
  secondsAgo: 's sedan',
  minutesAgo: 'min sedan',
  hoursAgo: 'h sedan',
  stale: 'Lådan har inte svarat på',
  states: {
    ok: 'läser',
    starting: 'startar',
    connecting: 'ansluter',
    waiting: 'väntar',
    silent: 'tyst',
    babbling: 'pladdrar',
    refused: 'avvisad',
  },
};

export const WORDS = { en, sv } as const;
export type Language = keyof typeof WORDS;
export type PageWords = Words;

/** The first of the browser's languages that is spoken here (RFC 9110 §12.5.4, in order of its list). */
export function languageOf(accepted: string | undefined, chosen: string | undefined): Language {
  if (chosen === 'sv' || chosen === 'en') return chosen;
  for (const wanted of (accepted ?? '').split(',')) {
    const name = wanted.trim().slice(0, 2).toLowerCase();
    if (name === 'sv' || name === 'en') return name;
  }
  return 'en';
}
