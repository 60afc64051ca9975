import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from './commands.ts';
import { openPseudoTerminal } from './simulators/pseudo-terminal.ts';

const TELEGRAM = '/KMP5 ZABF\r\n\r\n0-0:96.1.1(4530)\r\n1-0:1.8.1(00185.000*kWh)\r\n!\r\n';

/** What a command prints, and its exit code. */
async function sigill(args: readonly string[], input: string | readonly Buffer[] = '') {
  const command = commands.find(({ name }) => name === args[0]);
  if (command === undefined) throw new Error(`no command ${args[0]}`);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const sink = (chunks: Buffer[]) =>
    new Writable({
      highWaterMark: 1,
      write(chunk, _, done) {
        chunks.push(chunk);
        setImmediate(done);
      },
    });
  const code = await command.run(args.slice(1), {
    stdin: Readable.from(typeof input === 'string' ? [Buffer.from(input, 'latin1')] : input),
    stdout: sink(out),
    stderr: sink(err),
    env: {},
    signal: new AbortController().signal,
  });
  const lines = (chunks: Buffer[]) => String(Buffer.concat(chunks)).split('\n').filter(Boolean);
  return { code, out: lines(out), err: lines(err), raw: Buffer.concat(out) };
}

const folder = mkdtempSync(join(tmpdir(), 'sigill-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function temporary(content: string): string {
  const file = join(folder, `capture-${++files}`);
  writeFileSync(file, content, 'latin1');
  return file;
}

describe('sigill decode', () => {
  it('prints a line of JSON for each observation, with the device’s digits', async () => {
    const { code, out, err } = await sigill(['decode', '--driver', 'dsmr-p1'], TELEGRAM);
    expect(code).toBe(0);
    expect(out.map((line) => JSON.parse(line))).toEqual([
      {
        kind: 'meter',
        device: '4530',
        time: null,
        fields: {
          'device.model': { value: 'KMP5 ZABF', unit: null, code: null },
          'device.id': { value: '4530', unit: null, code: '0-0:96.1.1' },
          'energy.import.t1': { value: '185.000', unit: 'kWh', code: '1-0:1.8.1' },
        },
        offset: 0,
        length: TELEGRAM.length - 1,
      },
    ]);
    expect(JSON.parse(err.at(-1) ?? '')).toEqual({
      summary: '1 observation in 1 frame, 0 refused; 61 bytes read, 1 outside frames',
      observations: 1,
      frames: 1,
      rejected: 0,
      bytes: TELEGRAM.length,
      outside: 1,
    });
  });

  it('reads a telegram that ends with the file', async () => {
    const { code, out } = await sigill([
      'decode',
      '--driver',
      'dsmr-p1',
      temporary(TELEGRAM.trimEnd()),
    ]);
    expect(code).toBe(0);
    expect(out).toHaveLength(1);
  });

  it('tells what it refuses on standard error, with code and offset, and answers no', async () => {
    const torn = `${TELEGRAM}/KMP5 torn`;
    const { code, out, err } = await sigill(['decode', '--driver', 'dsmr-p1'], torn);
    expect(code).toBe(1);
    expect(out).toHaveLength(1);
    expect(JSON.parse(err[0] ?? '')).toEqual({
      code: 'FRAME_TRUNCATED',
      message: 'telegram cut short by the end of the stream',
      offset: TELEGRAM.length,
      length: 10,
      bytes: Buffer.from('/KMP5 torn').toString('hex'),
    });
  });

  it('answers no when there is nothing to read', async () => {
    const { code, err } = await sigill(['decode', '--driver', 'dsmr-p1'], 'nothing here');
    expect(code).toBe(1);
    expect(JSON.parse(err.at(-1) ?? '').outside).toBe(12);
  });

  it('names the file when there are several, each with offsets of its own', async () => {
    const files = [temporary(TELEGRAM), temporary(TELEGRAM)];
    const { out } = await sigill(['decode', '--driver', 'dsmr-p1', ...files]);
    expect(out.map((line) => JSON.parse(line)).map(({ file, offset }) => [file, offset])).toEqual(
      files.map((file) => [file, 0]),
    );
  });

  it('reads hexadecimal text, cut anywhere', async () => {
    const hex = Buffer.from(TELEGRAM, 'latin1')
      .toString('hex')
      .replace(/(.{16})/g, '$1 \n');
    const chunks = hex.match(/[\s\S]{1,7}/g)?.map((part) => Buffer.from(part)) ?? [];
    const { code, out } = await sigill(['decode', '--driver', 'dsmr-p1', '--hex'], chunks);
    expect(code).toBe(0);
    expect(out).toHaveLength(1);
  });

  it.each([
    ['2f4', 'an odd number of hexadecimal digits'],
    ['2f zz', 'hexadecimal expected, got byte 122 at 3'],
  ])('refuses %s as hexadecimal', async (text, message) => {
    const { code, err } = await sigill(['decode', '--driver', 'dsmr-p1', '--hex'], text);
    expect(code).toBe(2);
    expect(JSON.parse(err[0] ?? '')).toEqual({ code: 'HEX_SYNTAX', message, file: '-' });
  });

  it('sets the driver up with options', async () => {
    const gas =
      '0-1:24.1.0(3)\r\n0-1:96.1.0(47)\r\n0-1:24.3.0(140718150000)(00)(60)(1)(0-1:24.2.1)(m3)\r\n(1)\r\n!';
    const zone = ['--option', 'zone=Europe/Lisbon'];
    const { out } = await sigill(
      ['decode', '--driver', 'dsmr-p1', ...zone],
      TELEGRAM.replace('!', gas),
    );
    expect(JSON.parse(out[1] ?? '').time).toBe('2014-07-18T14:00:00.000Z');
  });

  it.each([
    [[], /--driver ID is needed/],
    [['--driver', 'dsmr'], /there is no driver dsmr; there is: dsmr-p1/],
    [['--driver', 'dsmr-p1', '--option', 'zone'], /NAME=VALUE, got zone/],
    [['--driver', 'dsmr-p1', '--option', 'zone=Atlantis'], /zone Atlantis is no IANA/],
    [['--driver', 'dsmr-p1', '--verbose'], /--verbose/],
  ])('tells its usage for %j', async (args, message) => {
    const { code, err } = await sigill(['decode', ...args]);
    expect(code).toBe(2);
    expect(err.join('\n')).toMatch(message);
    expect(err.at(-1)).toBe('Try: sigill decode --help');
  });

  it('goes on after a file it cannot open, and says so', async () => {
    const { code, out, err } = await sigill([
      'decode',
      '--driver',
      'dsmr-p1',
      '/nowhere/at/all',
      temporary(TELEGRAM),
    ]);
    expect(code).toBe(3);
    expect(out).toHaveLength(1);
    expect(JSON.parse(err[0] ?? '')).toMatchObject({ code: 'INPUT_UNREADABLE' });
  });
});

describe('sigill drivers', () => {
  it('lists each driver with its transports and options', async () => {
    const { code, out } = await sigill(['drivers']);
    expect(code).toBe(0);
    expect(out.join('\n')).toContain('dsmr-p1  Smart meter P1 port');
    expect(out.join('\n')).toContain('--option zone=Europe/Amsterdam');
  });

  it('prints the manifests as JSON', async () => {
    const { out } = await sigill(['drivers', '--json']);
    const [manifest] = JSON.parse(out.join('\n'));
    expect(manifest.id).toBe('dsmr-p1');
    expect(manifest.quantities).toContain('energy.import.t1');
  });

  it('tells its usage', async () => {
    expect((await sigill(['drivers', '--yaml'])).code).toBe(2);
  });
});

describe('sigill simulate', () => {
  it('does with decode what the README begins with', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [first, second] = (/```sh\n(.*)\n```/.exec(readme)?.[1] ?? '')
      .split(' | ')
      .map((command) => command.replace('npx sigill ', '').split(' '));
    const { raw } = await sigill(first ?? []);
    const { code, out } = await sigill(second ?? [], [raw]);
    expect(code).toBe(0);
    expect(out).toHaveLength(2);
  });

  it('sends what the driver reads', async () => {
    const { code, raw } = await sigill([
      'simulate',
      'dsmr-p1',
      '--to',
      '-',
      '--count',
      '2',
      '--interval',
      '0',
    ]);
    expect(code).toBe(0);
    const { out } = await sigill(['decode', '--driver', 'dsmr-p1'], [raw]);
    expect(out.map((line) => JSON.parse(line).kind)).toEqual(['meter', 'meter', 'meter', 'meter']);
  });

  it('opens a pseudo-terminal and prints its path', async () => {
    const { code, out } = await sigill(['simulate', 'dsmr-p1', '--to', 'pty', '--count', '1']);
    expect(code).toBe(0);
    expect(out[0]).toMatch(/^\/dev\//);
  });

  it('sends out of a serial port', async () => {
    const terminal = await openPseudoTerminal();
    const received: number[] = [];
    terminal.onData((bytes) => received.push(...bytes));
    const { code } = await sigill(['simulate', 'dsmr-p1', '--to', terminal.path, '--count', '1']);
    expect(code).toBe(0);
    const { out } = await sigill(['decode', '--driver', 'dsmr-p1'], [Buffer.from(received)]);
    expect(out).toHaveLength(2);
    await terminal.close();
  });

  it('says why a port does not open', async () => {
    const { code, err } = await sigill(['simulate', 'dsmr-p1', '--to', '/dev/no-such-port']);
    expect(code).toBe(3);
    expect(err.join('\n')).toContain('there is no port /dev/no-such-port');
  });

  it.each([
    [[], /one of dsmr-p1, .* is needed/],
    [['toaster', '--to', '-'], /one of dsmr-p1, .* is needed/],
    [['dsmr-p1'], /--to PORT, pty, tcp:HOST:PORT, mqtt:.* or - is needed/],
    [['modbus-meter', '--to', '-', '--option', 'meter=x'], /meter is one of sdm630/],
    [['modbus-meter', '--to', '-', '--option', 'meter'], /--option takes NAME=VALUE, got meter/],
    [['dsmr-p1', '--to', '-', '--seed', 'x'], /--seed takes a whole number, got x/],
  ])('tells its usage for %j', async (args, message) => {
    const { code, err } = await sigill(['simulate', ...args]);
    expect(code).toBe(2);
    expect(err.join('\n')).toMatch(message);
  });
});
