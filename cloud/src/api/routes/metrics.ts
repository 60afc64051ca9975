import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Core } from '../../core.ts';
import { listAlarms } from '../../database/quarantine.ts';
import { EVIDENCE_STATES } from '../../watermarks/watermarks.ts';
import type { Route } from '../context.ts';

const schema = { summary: 'Metrics for Prometheus', tags: ['cloud'] };

export const metricsRoute: Route = (api, { core }) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  countCore(registry, core);
  const requests = new Histogram({
    name: 'sigill_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  api.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { route, method: request.method, status: String(reply.statusCode) };
    requests.observe(labels, reply.elapsedTime / 1000);
  });
  api.get('/metrics', { schema }, async (_, reply) =>
    reply
      .type(registry.contentType)
      .serializer(String)
      .send(await registry.metrics()),
  );
};

function countCore(registry: Registry, core: Core): void {
  const registers = [registry];
  const total = (name: string, help: string, value: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  total(
    'sigill_batches_total',
    'Batches whose readings became queryable',
    () => core.counts.batches,
  );
  total('sigill_readings_total', 'Readings that became queryable', () => core.counts.readings);
  total('sigill_quarantined_total', 'Batches not believed', () => core.counts.quarantined);
  total('sigill_events_sent_total', 'Events sent to browsers', () => core.events.counts().sent);
  total(
    'sigill_events_dropped_total',
    'Events a slow browser missed',
    () => core.events.counts().dropped,
  );
  new Gauge({
    name: 'sigill_event_clients',
    help: 'Browsers that listen to events',
    registers,
    collect() {
      this.set(core.events.counts().clients);
    },
  });
  new Gauge({
    name: 'sigill_alarms',
    help: 'Alarms nobody has cleared: a fork, a cloned card, a revoked key',
    labelNames: ['origin', 'code'],
    registers,
    async collect() {
      this.reset();
      for (const { origin, code } of await core.database.read(listAlarms)) {
        this.inc({ origin, code });
      }
    },
  });
  new Gauge({
    name: 'sigill_watermark',
    help: 'How far the evidence of a site log has come, as a size of the log',
    labelNames: ['origin', 'state'],
    registers,
    collect() {
      for (const marks of core.watermarks.list()) {
        for (const state of EVIDENCE_STATES)
          this.set({ origin: marks.origin, state }, marks[state]);
      }
    },
  });
}
