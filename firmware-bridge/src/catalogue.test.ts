import { describe, expect, it } from 'vitest';
import { drivers, findDriver } from './catalogue.ts';
import { quantities } from './quantities.ts';

describe('catalogue', () => {
  it('finds a driver by its id', () => {
    expect(findDriver('dsmr-p1').manifest.id).toBe('dsmr-p1');
  });

  it('names what there is when asked for what is not', () => {
    expect(() => findDriver('dsmr')).toThrow(/no driver dsmr; there is: .*dsmr-p1/);
  });

  it.each([...drivers])('%s says what it needs and tells', (id, { manifest, createSession }) => {
    expect(manifest.id).toBe(id);
    expect(id).toMatch(/^[a-z0-9-]+$/);
    expect(manifest.title).not.toBe('');
    expect(manifest.spec).toMatch(/^https:\/\//);
    expect(manifest.transports.length).toBeGreaterThan(0);
    for (const name of manifest.quantities) expect(quantities.has(name), name).toBe(true);
    expect(() => createSession({})).not.toThrow();
    expect(() => createSession({ 'no such option': '1' })).toThrow(/no option no such option/);
  });
});
