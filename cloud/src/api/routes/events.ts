import { CloudError } from '../../errors.ts';
import { seenEvent } from '../../sensitive/event-filter.ts';
import { sightOf } from '../../sensitive/guard.ts';
import type { Route } from '../context.ts';

const schema = {
  summary: 'What happens, as it happens: server-sent events',
  description:
    '`reading`: one item as in /readings. `watermarks`: as in /status. `missed`: how many events a slow client lost, or null when the line was down too long to go on: fetch again. Give the last id as `Last-Event-ID` to go on after it. In a burst only the newest readings are told.',
  tags: ['readings'],
};

// Each is a connection and, at worst, half a megabyte that it has not read.
const MAX_CLIENTS = 500;
const HEARTBEAT_MS = 15_000;

export const eventsRoute: Route = (api, context) => {
  const { events, cells } = context.core;
  const open = new Set<{ end(): void }>();
  const heartbeat = setInterval(() => events.heartbeat(), HEARTBEAT_MS);
  heartbeat.unref();
  api.addHook('preClose', async () => {
    clearInterval(heartbeat);
    for (const response of open) response.end();
  });

  api.get('/api/v1/events', { schema }, (request, reply) => {
    if (open.size >= MAX_CLIENTS) {
      throw new CloudError('EVENTS_FULL', `${open.size} clients are listening already`);
    }
    reply.hijack();
    const response = reply.raw;
    const headers = Object.fromEntries(
      Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined),
    );
    response.writeHead(200, {
      ...(headers as Record<string, string>),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const last = request.headers['last-event-id'];
    const line = events.subscribe(
      {
        send(text) {
          if (cells.isEmpty || seenEvent(text, () => sightOf(request, context)))
            response.write(text);
        },
        waiting: () => response.writableLength,
      },
      typeof last === 'string' ? last : null,
    );
    open.add(response);
    response.on('close', () => {
      line.end();
      open.delete(response);
    });
  });
};
