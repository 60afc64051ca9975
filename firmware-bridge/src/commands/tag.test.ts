import { PassThrough, Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { tag } from './tag.ts';

async function run(args: readonly string[], input = '') {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout,
    stderr,
    env: {},
    signal: new AbortController().signal,
  };
  const code = await tag.run(args, io);
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  const out = text(stdout);
  const lines = () =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { code, out, err: text(stderr), lines };
}

it('prints what a tag holds in every notation', async () => {
  const { code, lines } = await run(['3074257BF7194E4000001A85']);
  expect(code).toBe(0);
  expect(lines()).toEqual([
    {
      input: '3074257BF7194E4000001A85',
      readings: [
        {
          kind: 'epc',
          type: 'sgtin',
          pureIdentity: 'urn:epc:id:sgtin:0614141.812345.6789',
          elementString: '(01)80614141123458(21)6789',
          digitalLink: 'https://id.gs1.org/01/80614141123458/21/6789',
          filter: 3,
          filterMeans: 'reserved',
          encodings: [
            {
              scheme: 'sgtin-96',
              tagUri: 'urn:epc:tag:sgtin-96:3.0614141.812345.6789',
              hex: '3074257BF7194E4000001A85',
            },
          ],
          attributes: {},
        },
      ],
    },
  ]);
});

it('writes a key for each tag that can carry it once the prefix is known', async () => {
  const args = ['--prefix', '7', '--filter', '1', '(01)80614141123458(21)6789(17)270630'];
  const [{ readings }] = (await run(args)).lines();
  expect(readings[0].encodings.map((encoding: { hex: string }) => encoding.hex)).toEqual([
    '3034257BF7194E4000001A85',
    '3634257BF7194E5B3770E4000000000000000000000000000000',
  ]);
  expect(readings[0].attributes).toEqual({ '17': '270630' });
});

it.each([
  ['012345678901234560', ['(00)', '(8018)', '(8017)']],
  ['4006381333931', ['(01)0', '(414)']],
])('tells %s as each key it can be', async (id, heads) => {
  const [{ readings }] = (await run([id])).lines();
  expect(readings).toHaveLength(heads.length);
  for (const [i, head] of heads.entries()) {
    expect(readings[i].elementString.startsWith(head)).toBe(true);
    expect(readings[i].note).not.toBe('');
  }
});

it('tells sixteen digits as the one thing that is not refused, or as both', async () => {
  const kinds = async (id: string) =>
    (await run([id])).lines()[0].readings.map((reading: { kind: string }) => reading.kind);
  expect(await kinds('0982000123456789')).toEqual(['transponder']);
  expect(await kinds('0109506000134352')).toEqual(['gs1']);
  expect(await kinds('0124000123456784')).toEqual(['gs1', 'transponder']);
});

it('tells 64 bits that can be read from either end as both', async () => {
  const [{ readings }] = (await run(['8000080000100001'])).lines();
  expect(readings.map((reading: { notation: string }) => reading.notation)).toEqual([
    'hex',
    'hexReversed',
  ]);
});

it('says of an animal who issued its number', async () => {
  const { out } = await run(['--pretty', '985.121030333183', '276000123456789']);
  expect(out).toContain('dotted hex       3D9.1C2DF852FF');
  expect(out).toContain('issued by        985 (ICAR manufacturer)');
  expect(out).toContain('country          276 (ISO 3166-1)');
});

it('writes for people a line a notation, and which reading it is', async () => {
  const { out } = await run(['--pretty', 'urn:epc:id:sscc:0614141.1234567890', '4006381333931']);
  expect(out).toContain('  sscc-96          3114257BF4499602D2000000');
  expect(out).toContain('  as GS1 key, reading 2 of 2');
});

it('reads a line each from standard input', async () => {
  const { lines } = await run(['-'], '982000123456789\n\n  3D6.00075BCD15 \r\n');
  expect(lines().map(({ readings }) => readings[0].decimal)).toEqual([
    '982000123456789',
    '982000123456789',
  ]);
});

it('answers no, with the reason, for what is no identifier, and goes on', async () => {
  const { code, lines } = await run(['hello', '80614141123457', '982000123456789']);
  expect(code).toBe(1);
  const [hello, gtin, animal] = lines();
  expect(hello).toEqual({
    input: 'hello',
    readings: [],
    code: 'IDENTIFIER_UNKNOWN',
    message: '"hello" is neither EPC, GS1 key nor animal transponder',
  });
  expect(gtin.message).toMatch(/its check digit is 8/);
  expect(animal.readings).toHaveLength(1);
});

it.each([
  [[], /an identifier is needed/],
  [['--prefix', '13', 'x'], /--prefix takes a number from 6 to 12, got 13/],
  [['--filter', '8', 'x'], /--filter takes a number from 0 to 7/],
  [['--colour'], /Unknown option/],
])('refuses the arguments %j', async (args, message) => {
  const { code, err } = await run(args);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});
