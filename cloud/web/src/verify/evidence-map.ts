/** Where each part of an evidence file lies in its bytes. The file is canonical JSON, so each byte has one meaning. */

export const PARTS = [
  'reading',
  'frame',
  'seal',
  'log',
  'register',
  'roll',
  'anchor',
  'ledger',
  'shell',
] as const;
/** `shell` is everything between the values: names, brackets, small numbers. */
export type PartName = (typeof PARTS)[number];

/** One text value of the file; `from` and `to` enclose its characters, without the quotes. */
export interface Leaf {
  readonly path: string;
  readonly part: PartName;
  readonly from: number;
  readonly to: number;
  /** Base64 in the file: its bytes can be spoiled without the text showing it. */
  readonly encoded: boolean;
}

// Longest first: a batch path belongs to the seal, the bytes beside it to the reading.
const PART_OF_PATH: readonly (readonly [prefix: string, part: PartName])[] = [
  ['readings[0].bytes', 'reading'],
  ['readings[0].frame', 'frame'],
  ['readings', 'seal'],
  ['headers', 'seal'],
  ['seal.path', 'log'],
  ['seal', 'seal'],
  ['log', 'log'],
  ['records', 'register'],
  ['rollCalls', 'roll'],
  ['anchors', 'anchor'],
  ['ledger', 'ledger'],
];
const PLAIN_TEXTS = new Set(['format', 'kind', 'log.origin', 'log.checkpoint']);

/** The text values in file order. A file that is no JSON has none: it is all shell. */
export function leavesOf(file: Uint8Array): Leaf[] {
  // One character per byte, so that positions in the text are positions in the file.
  const text = latin1(file);
  const leaves: Leaf[] = [];
  const stack: { key: string; index: number | null }[] = [];
  let at = 0;
  while (at < text.length) {
    const sign = text[at];
    const top = stack.at(-1);
    if (sign === '{') stack.push({ key: '', index: null });
    else if (sign === '[') stack.push({ key: '', index: 0 });
    else if (sign === '}' || sign === ']') stack.pop();
    else if (sign === ',' && top?.index != null) top.index++;
    else if (sign === '"') {
      const end = closingQuote(text, at);
      if (text[end + 1] === ':' && top !== undefined) top.key = text.slice(at + 1, end);
      else leaves.push(toLeaf(pathOf(stack), at + 1, end));
      at = end;
    }
    at++;
  }
  return leaves;
}

const latin1 = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

function closingQuote(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

const pathOf = (stack: readonly { key: string; index: number | null }[]): string =>
  stack
    .map(({ key, index }) => (index === null ? `.${key}` : `[${index}]`))
    .join('')
    .slice(1);

function toLeaf(path: string, from: number, to: number): Leaf {
  const part = PART_OF_PATH.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'shell';
  return { path, part, from, to, encoded: !PLAIN_TEXTS.has(path) };
}

export interface Stretch {
  readonly part: PartName;
  readonly from: number;
  readonly to: number;
}

/** The file cut into stretches of one part each: what lies between two values of a part belongs to it. */
export function stretchesOf(leaves: readonly Leaf[], sizeBytes: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { part, to } of leaves) {
    const last = stretches.at(-1);
    if (last?.part === part) stretches[stretches.length - 1] = { ...last, to };
    else stretches.push({ part, from: last?.to ?? 0, to });
  }
  const last = stretches.pop();
  return last === undefined
    ? [{ part: 'shell', from: 0, to: sizeBytes }]
    : [...stretches, { ...last, to: sizeBytes }];
}
