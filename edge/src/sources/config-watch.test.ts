import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utf8 } from '@sigill/evidence';
import { afterEach, describe, expect, it } from 'vitest';
import { systemTimers } from '../timers.ts';
import { createFakeTimers } from '../timers-fake.ts';
import { type ConfigWatch, type ConfigWatchParts, watchConfig } from './config-watch.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function parseText(text: string): string {
  if (text.includes('bad')) throw new Error('line 3 is bad');
  return text;
}

function start(change: Partial<ConfigWatchParts<string>> = {}) {
  const timers = createFakeTimers();
  const taken: string[] = [];
  const told: string[] = [];
  const now = { content: 'first' as string | null, changed() {}, wish() {} };
  const say = (level: string) => (_details: object, text: string) => {
    told.push(`${level} ${text}`);
  };
  const watch: ConfigWatch = watchConfig({
    ...{ file: 'box.yaml', before: utf8('first'), parse: parseText, timers },
    take: async (config) => {
      taken.push(config);
      return 'the change is in force';
    },
    log: { info: say('info'), warn: say('warn'), error: say('error') },
    files: {
      read: async () => (now.content === null ? null : utf8(now.content)),
      watch(_file, changed) {
        now.changed = changed;
        return () => undefined;
      },
    },
    onWish(wish) {
      now.wish = wish;
      return () => undefined;
    },
    ...change,
  });
  stops.push(() => watch.stop());
  const write = (content: string | null) => {
    now.content = content;
    now.changed();
  };
  return { timers, taken, told, now, write, watch };
}

describe('a configuration file that is watched', () => {
  it('is taken up when it has changed', async () => {
    const { timers, taken, told, write } = start();
    write('second');
    await timers.advance(1000);
    expect(taken).toEqual(['second']);
    expect(told).toEqual(['info box.yaml: the change is in force']);
    await timers.advance(60_000);
    expect(taken).toHaveLength(1);
  });

  it('is taken up when nobody tells that it has', async () => {
    const { timers, taken, now } = start();
    now.content = 'second';
    await timers.advance(6000);
    expect(taken).toEqual(['second']);
  });

  it('is judged only when nothing more is written', async () => {
    const { timers, taken, told, write } = start();
    for (const piece of ['', 'sec', 'second bad', 'second good']) {
      write(piece);
      await timers.advance(300);
    }
    await timers.advance(2000);
    expect(taken).toEqual(['second good']);
    expect(told).toHaveLength(1);
  });

  it('that is wrong leaves in force what was, and is told once', async () => {
    const { timers, taken, told, write } = start();
    write('second bad');
    await timers.advance(60_000);
    expect(taken).toEqual([]);
    expect(told).toEqual(['warn line 3 is bad; what was in force before stays so']);
    write('first');
    await timers.advance(1000);
    expect(told.at(-1)).toBe('info box.yaml is again what is in force');
  });

  it('that is gone for a moment, as editors do it, is no change', async () => {
    const { timers, taken, told, write } = start();
    write(null);
    await timers.advance(100);
    write('first');
    await timers.advance(10_000);
    expect([taken, told]).toEqual([[], []]);
    write(null);
    await timers.advance(1000);
    expect(told).toEqual(['warn box.yaml is gone; what was in force before stays so']);
  });

  it('that cannot be brought into force counts as refused', async () => {
    const { timers, told, write } = start({
      take: async () => {
        throw new Error('there is no driver x');
      },
    });
    write('second');
    await timers.advance(1000);
    expect(told).toEqual([
      'warn box.yaml: there is no driver x; what was in force before stays so',
    ]);
    write('first');
    await timers.advance(1000);
    expect(told.at(-1)).toBe('info box.yaml is again what is in force');
  });

  it('is read when a person wishes it, and that is answered', async () => {
    const { timers, told, now } = start();
    now.wish();
    await timers.advance(1000);
    expect(told).toEqual(['info box.yaml was read again: nothing in it has changed']);
  });

  it('on a real disk is found when another is put in its place, and on SIGHUP', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sigill-config-'));
    const file = join(directory, 'box.yaml');
    writeFileSync(file, 'first');
    const taken: string[] = [];
    const watch = watchConfig({
      ...{ file, before: utf8('first'), parse: parseText, timers: systemTimers },
      take: async (config) => {
        taken.push(config);
        return null;
      },
      log: { info() {}, warn() {}, error() {} },
    });
    stops.push(async () => {
      await watch.stop();
      rmSync(directory, { recursive: true });
    });
    for (const content of ['second', 'third']) {
      writeFileSync(join(directory, '.box.yaml.swp'), content);
      renameSync(join(directory, '.box.yaml.swp'), file);
      await expect.poll(() => taken.at(-1), { timeout: 4000 }).toBe(content);
    }
    expect(process.listenerCount('SIGHUP')).toBeGreaterThan(0);
    writeFileSync(file, 'fourth');
    process.emit('SIGHUP');
    await expect.poll(() => taken.at(-1), { timeout: 4000 }).toBe('fourth');
  });
});
