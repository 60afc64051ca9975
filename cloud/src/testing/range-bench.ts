/**
 * How long the evidence of a day takes: assembled by a cloud's core, and judged.
 *
 *     node cloud/src/testing/range-bench.ts [batches] [readings in each]
 *
 * One batch every ten seconds, as a gateway closes them; an anchor every ten minutes, named by the batches after it.
 * Prints one line of JSON.
 * @module
 */
import { gzipSync } from 'node:zlib';
import { openCoreFixture } from './core-fixture.ts';
import { judgeText } from './range-fixture.ts';
import { type FixtureBatch, START } from './site-fixture.ts';

const BATCH_MS = 10_000;
const ANCHOR_BATCHES = 60;
const AT_ONCE = 120;

const [batchCount = 8640, perBatch = 10] = process.argv.slice(2).map(Number);
const fixture = await openCoreFixture();
try {
  console.log(JSON.stringify(await measure()));
} finally {
  await fixture.dispose();
}

async function measure(): Promise<object> {
  const { core, site, ledger } = fixture;
  let waiting: FixtureBatch[] = [];
  let beacon: { anchorIndex: number; anchorLeafHash: Uint8Array } | null = null;
  let anchors = 0;
  const flush = async () => {
    const first = site.seals.length;
    site.enter(...waiting);
    await core.ingest.batches(
      site.origin,
      first,
      waiting.map(({ bytes }) => bytes),
    );
    waiting = [];
  };
  for (let i = 0; i < batchCount + 2; i++) {
    const time = START + BATCH_MS * i;
    const readings = Array.from({ length: perBatch }, (_, at) => ({
      ...{ device: at % 2 === 0 ? 'power' : 'gas', time: time + at },
      frame: new TextEncoder().encode(`/ISK5 ${'x'.repeat(500)} ${i}.${at}`),
    }));
    waiting.push(site.agent.seal(readings, { beacon, closedAt: time + BATCH_MS - 1 }));
    if (waiting.length === AT_ONCE) await flush();
    if (i % ANCHOR_BATCHES === ANCHOR_BATCHES - 1) {
      await flush();
      // The fixture proves consistency over all its leaves each time: a checkpoint at the end is enough here.
      await core.ingest.anchor(ledger.anchor(null));
      beacon = { anchorIndex: anchors, anchorLeafHash: ledger.leafHash(anchors) };
      anchors += 1;
    }
  }
  await flush();
  const note = site.checkpoint();
  await core.ingest.receipt(note);
  await core.ingest.anchor(ledger.anchor(note));
  await core.ingest.anchor(ledger.final(anchors));
  await core.idle();

  const question = { agent: site.agent.name, source: 'house-17' };
  const period = { from: START + BATCH_MS, to: START + BATCH_MS * (batchCount + 1) };
  const cpu = process.cpuUsage();
  const began = performance.now();
  const text = await core.rangeEvidence({ ...question, ...period });
  const assembled = performance.now();
  const used = process.cpuUsage(cpu);
  const { verdict, open } = judgeText(text, ledger.policy);
  const judged = performance.now();
  const one = performance.now();
  const single = await core.rangeEvidence({ ...question, ...period, device: 'gas' });
  return {
    ...{ batches: batchCount, streams: verdict.streams.length },
    readings: verdict.streams.reduce((sum, { readings }) => sum + readings.length, 0),
    megabytes: Number((text.length / 1e6).toFixed(1)),
    gzipMegabytes: Number((gzipSync(text).length / 1e6).toFixed(1)),
    assembleMs: Math.round(assembled - began),
    assembleCpuMs: Math.round((used.user + used.system) / 1000),
    judgeMs: Math.round(judged - assembled),
    oneDevice: {
      ms: Math.round(performance.now() - one),
      megabytes: Number((single.length / 1e6).toFixed(1)),
    },
    open,
  };
}
