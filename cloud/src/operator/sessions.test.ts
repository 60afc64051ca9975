import { describe, expect, it } from 'vitest';
import { createSessions, SESSION_MS } from './sessions.ts';

const over = expect.objectContaining({ code: 'SESSION_OVER' });

describe('an operator’s session', () => {
  it('lasts half an hour', () => {
    let now = 0;
    const sessions = createSessions(() => now);
    const { id, form } = sessions.begin();
    now = SESSION_MS - 1;
    expect(sessions.assert(id).form).toBe(form);
    now = SESSION_MS;
    expect(() => sessions.assert(id)).toThrow(over);
    now = 0;
    expect(() => sessions.assert(id)).toThrow(over);
  });

  it('changes nothing without its own form token', () => {
    const sessions = createSessions(() => 0);
    const [one, other] = [sessions.begin(), sessions.begin()];
    expect(() => sessions.assertForm(one.id, one.form)).not.toThrow();
    for (const form of [undefined, '', other.form, one.form.slice(1), `${one.form}x`])
      expect(() => sessions.assertForm(one.id, form)).toThrow(over);
    expect(() => sessions.assertForm(undefined, one.form)).toThrow(over);
  });

  it('ends when told, and the oldest when there are too many', () => {
    const sessions = createSessions(() => 0);
    const [first, second] = [sessions.begin(), sessions.begin()];
    sessions.end(second.id);
    expect(() => sessions.assert(second.id)).toThrow(over);
    for (let more = 0; more < 19; more += 1) sessions.begin();
    expect(sessions.assert(first.id)).toBe(first);
    sessions.begin();
    expect(() => sessions.assert(first.id)).toThrow(over);
  });
});
