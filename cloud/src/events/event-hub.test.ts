import { beforeEach, expect, it } from 'vitest';
import { createEventHub, type EventHub, type EventSink } from './event-hub.ts';

let time = 0;
let hub: EventHub;
beforeEach(() => {
  time = 1_000_000;
  hub = createEventHub('era', () => time);
});

function client(): EventSink & { text: string; unread: number } {
  return {
    text: '',
    unread: 0,
    send(text) {
      this.text += text;
    },
    waiting() {
      return this.unread;
    },
  };
}

it('tells every client what happens, with an id', () => {
  const [one, two] = [client(), client()];
  hub.subscribe(one, null);
  hub.subscribe(two, null);
  hub.publish('reading', () => ({ seq: 1 }));
  expect(one.text).toBe('retry: 2000\n\nid: era.1\nevent: reading\ndata: {"seq":1}\n\n');
  expect(two.text).toBe(one.text);
});

it('goes on after the last event a client saw', () => {
  hub.subscribe(client(), null);
  for (let i = 1; i <= 5; i++) hub.publish('reading', () => i);
  const late = client();
  hub.subscribe(late, 'era.3');
  expect(late.text).not.toContain('data: 3');
  expect(late.text).toContain('data: 4\n\nid: era.5');
});

it.each(['other.3', 'era.1', 'era.99999', 'era', '', 'era.-1'])(
  'tells a client that it missed events when %s cannot be taken up',
  (id) => {
    hub.subscribe(client(), null);
    for (let i = 1; i <= 1200; i++) hub.publish('reading', () => i);
    const late = client();
    hub.subscribe(late, id);
    expect(late.text).toBe('retry: 2000\n\nevent: missed\ndata: {"events":null}\n\n');
  },
);

it('drops for a client that does not read, counts it, and tells it later', () => {
  const [slow, fast] = [client(), client()];
  hub.subscribe(slow, null);
  hub.subscribe(fast, null);
  slow.unread = 1024 * 1024;
  for (let i = 0; i < 3; i++) hub.publish('watermarks', () => i);
  expect(hub.counts()).toEqual({ clients: 2, sent: 3, dropped: 3 });
  slow.unread = 0;
  hub.publish('watermarks', () => 3);
  expect(slow.text).toContain('event: missed\ndata: {"events":3}\n\nid: era.4');
});

it('makes nothing while nobody listens, and does not pretend to remember', () => {
  let made = 0;
  hub.publish('reading', () => made++);
  expect(made).toBe(0);
  const late = client();
  hub.subscribe(late, 'era.0');
  expect(late.text).toContain('missed');
});

it('keeps remembering for two minutes after the last client left', () => {
  const line = hub.subscribe(client(), null);
  hub.publish('reading', () => 1);
  line.end();
  time += 60_000;
  hub.publish('reading', () => 2);
  const back = client();
  hub.subscribe(back, 'era.1');
  expect(back.text).toContain('data: 2');
});

it('sends a heartbeat to clients that wait for nothing', () => {
  const one = client();
  hub.subscribe(one, null);
  hub.heartbeat();
  expect(one.text).toContain(': still here');
});
