import { utf8 } from '@sigill/evidence';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createConfigChanges, lineOfKey } from './config-change.ts';
import { createConfigSection } from './config-section.ts';

const TEXT = `# A gateway
name: box
sources:
  - name: a
    transport: { serial: /dev/a, baudRate: 9600 }
  - name: b
    transport:
      serial: /dev/b
`;

/** Wants a name out of letters in each source. */
function readNames(text: string): string[] {
  const root = createConfigSection('box.yaml', '', parse(text), ['name', 'sources']);
  return root
    .sections('sources', ['name', 'transport'])
    .map((source) => source.text('name', /^[a-z]+$/, 'letters'));
}

const changesOf = () => createConfigChanges('box.yaml', readNames, utf8(TEXT));

describe('a configuration file', () => {
  it('that is as it was is no change', () => {
    expect(changesOf().judge(utf8(TEXT))).toEqual({ kind: 'same' });
  });

  it('that has changed comes into force', () => {
    const changes = changesOf();
    const next = utf8(TEXT.replace('name: b\n', 'name: c\n'));
    expect(changes.judge(next)).toEqual({ kind: 'changed', config: ['a', 'c'] });
    changes.inForce();
    expect(changes.judge(next)).toEqual({ kind: 'same' });
    expect(changes.judge(utf8(TEXT))).toEqual({ kind: 'changed', config: ['a', 'b'] });
  });

  it('with a wrong value is refused with its line, once', () => {
    const changes = changesOf();
    const wrong = utf8(TEXT.replace('name: b\n', 'name: B7\n'));
    expect(changes.judge(wrong)).toEqual({
      kind: 'refused',
      message: 'box.yaml: sources[1].name: found B7; write letters (line 6)',
      line: 6,
    });
    expect(changes.judge(wrong)).toEqual({ kind: 'same' });
    expect(changes.judge(utf8(TEXT))).toEqual({ kind: 'mended' });
  });

  it('that is no YAML is refused with its line', () => {
    const decision = changesOf().judge(utf8(`${TEXT}  - name: [`));
    expect(decision).toMatchObject({ kind: 'refused', line: 9 });
  });

  it.each([
    [null, 'box.yaml is gone'],
    [new Uint8Array(0), 'box.yaml is empty'],
    [utf8('\n \n'), 'box.yaml is empty'],
    [Uint8Array.of(0x61, 0xff), 'box.yaml is no UTF-8 text'],
  ])('that is nothing is refused: %j', (bytes, message) => {
    expect(changesOf().judge(bytes)).toEqual({ kind: 'refused', message, line: null });
  });

  it('cut anywhere never makes it throw', () => {
    fc.assert(
      fc.property(fc.nat(TEXT.length), fc.uint8Array({ maxLength: 8 }), (length, more) => {
        const bytes = Buffer.concat([utf8(TEXT.slice(0, length)), more]);
        const kinds = ['same', 'changed', 'refused'];
        expect(kinds).toContain(changesOf().judge(bytes).kind);
      }),
    );
  });
});

describe('the line of a key', () => {
  it.each([
    ['name', 2],
    ['sources', 3],
    ['sources[0].name', 4],
    ['sources[0].transport.baudRate', 5],
    ['sources[1].transport.serial', 8],
    ['sources[1].transport.parity', 7],
    ['sources[1].cadenceMs', 6],
    ['sources[7].name', 3],
    ['', null],
    ['broker', null],
  ])('%s is %s', (key, line) => {
    expect(lineOfKey(TEXT, key)).toBe(line);
  });
});
