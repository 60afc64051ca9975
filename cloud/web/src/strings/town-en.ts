/** The words of the overview and of what is no meter, in English. */
export const town = {
  title: 'Sigillstad, right now',
  overview: 'Overview',
  intro:
    'Every number here was sealed where it was read. Press Verify beside one: your own browser checks it, back to the device and forward to the ledger.',
  skip: 'Skip to the overview',
  road: 'How a reading becomes firm',
  kinds: {
    curve: 'Power',
    tags: 'Tags seen',
    position: 'Positions',
    level: 'Fill level',
    numbers: 'Measurements',
    statements: 'Statements',
    agent: 'Agent',
  },
  open: 'All readings',
  openOf: (name: string) => `All readings: ${name}`,
  ago: (age: string) => `${age} ago`,
  silent: (age: string) => `Silent for ${age}`,
  nothing: 'Nothing read yet',
  nothingText:
    'The first reading appears here by itself. If none comes, ask the gateway what its source says: sigill gateway status.',
  lastHour: 'last hour',
  since: (moment: string) => `since ${moment}`,
  more: (count: number) => `and ${count} more`,
  gap: (age: string) => `Gap of ${age}`,
  gapUnknown: 'Gap of unknown length',
  gapLost: (count: string) => (count === '1' ? '1 reading lost' : `${count} readings lost`),
  gapCauses: {
    restart: 'the agent was restarted',
    power: 'the box was without power',
    full: 'the journal was full',
    disk: 'the disk could not be written',
    streams: 'more devices than are taken',
    flood: 'more readings than promised',
    rollback: 'the journal was older than the gateway’s log',
  } as Readonly<Record<string, string>>,
  partFailed: 'This part of the page could not be loaded. Reload the page.',
};

export const tags = {
  looks: { animal: 'Animal', load: 'Pallet', case: 'Case', thing: 'Tag' },
  issuers: {
    country: (code: string) => `country ${code}`,
    maker: (code: string) => `maker ${code}`,
    test: (code: string) => `${code}, kept for tests`,
  },
  antenna: (numbers: string) => `antenna ${numbers}`,
  cases: (count: number) => (count === 1 ? 'with 1 case' : `with ${count} cases`),
  times: (count: number) => (count === 1 ? 'seen once' : `seen ${count} times`),
  today: (count: string) => (count === '1' ? '1 reading today' : `${count} readings today`),
  newest: 'Seen last',
  title: 'Who passed',
  caption: 'Tags seen lately, each with place, time and evidence state',
  tag: 'Tag',
  place: 'Antenna',
  none: 'No tag seen lately',
  noneText: 'The reader is heard; the next tag that passes appears here by itself.',
};

export const map = {
  title: 'Map',
  label: (names: string) =>
    `Map with the track of ${names}. Arrow keys move it, plus and minus zoom; below it the track can be walked along.`,
  labelEmpty: 'Map. Arrow keys move it, plus and minus zoom.',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show the whole track',
  walk: 'Walk along the track',
  position: (n: number, total: number) => `Position ${n} of ${total}`,
  newest: 'Position',
  accuracy: (metres: string) => `± ${metres} m`,
  /** Of a position of which only a coarse twin is shown. */
  cell: (id: string, high: string, wide: string) =>
    `somewhere in square ${id}, ${high} km high and ${wide} km wide`,
  cellHint:
    'Where an exact position would endanger whom it follows, its agent seals a square for everyone: whoever must know shows later that the exact position lies in it.',
  verifyHint: 'Choose a dot to verify that position.',
  none: 'No position yet',
  noneText: 'The receiver has not seen enough sky. The first position appears here by itself.',
  noFix: 'without a position',
  bare: 'Coasts and borders: Natural Earth. Nothing else is drawn than what was read.',
  town: 'Sigillstad does not exist. Coasts and borders: Natural Earth.',
  loading: 'Drawing the map …',
};

export const level = {
  full: (percent: string) => `${percent} % full`,
  computed: (digits: string) => `computed from the sealed distance of ${digits} under the lid`,
  sealed: 'as the sensor sealed it',
  unknown: 'How deep it is is not known here, so no per cent.',
  emptied: (moment: string) => `Emptied ${moment}`,
  notEmptied: (moment: string) => `Not emptied since ${moment}, as far as this curve knows`,
  lastDays: 'last 7 days',
};
