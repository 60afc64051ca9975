import { describe, expect, it } from 'vitest';
import type { Agent } from './agent.ts';
import {
  checkedReadings,
  fieldsOf,
  meterObservation,
  ofKind,
  sealedBatches,
  startAgent,
} from './agent-fixture.ts';
import type { DiskOperation, FakeDisk } from './journal/disk-fake.ts';
import type { SealedBatch } from './sealer.ts';
import { settle } from './timers-fake.ts';

describe('a disk that fails', () => {
  it.each<[DiskOperation, string]>([
    ['write', 'ENOSPC'],
    ['write', 'EIO'],
    ['syncData', 'EIO'],
  ])(
    '%s gives %s: what was lost is counted and told once the journal is open again',
    async (operation, errno) => {
      const { agent, disk, timers } = await startAgent();
      await agent.observe('house-17', meterObservation('1'));
      failFrom(disk, operation, errno);
      await expect(agent.observe('house-17', meterObservation('2'))).rejects.toMatchObject({
        code: 'JOURNAL_FAILED',
        retryable: true,
      });
      await expect(agent.observe('house-17', meterObservation('3'))).rejects.toMatchObject({
        code: 'AGENT_RECOVERING',
      });
      expect(agent.status()).toMatchObject({ state: 'recovering' });
      disk.fault = null;
      await timers.advance(120_000);
      await agent.observe('house-17', meterObservation('4'));

      expect(agent.status()).toMatchObject({ state: 'running', recoveries: 1 });
      const readings = await closeAndCheck(agent);
      const meter = ofKind(readings, 'meter').map((r) => fieldsOf(r)['energy.import.t1']);
      const gaps = ofKind(readings, 'gap').filter((reading) => reading.device === 'meter-1');
      const [gap] = gaps.map(fieldsOf);
      expect(gaps).toHaveLength(1);
      expect(gap).toMatchObject({ 'gap.cause': 'disk' });
      // What the failed sync left readable is either in the journal or counted as lost, never both and never neither.
      expect(meter.length + Number(gap!['gap.count'])).toBe(4);
    },
  );

  it('stays away for long: it is tried again, ever more slowly, and then goes on', async () => {
    const { agent, disk, timers } = await startAgent();
    failFrom(disk, 'write', 'EROFS');
    await expect(agent.observe('house-17', meterObservation('1'))).rejects.toThrow();
    await timers.advance(600_000);
    expect(agent.status()).toMatchObject({ state: 'recovering' });
    expect(agent.status().recoveries).toBeLessThan(40);
    disk.fault = null;
    await timers.advance(120_000);
    await agent.observe('house-17', meterObservation('2'));

    const readings = await closeAndCheck(agent);
    expect(ofKind(readings, 'boot')).toHaveLength(1);
    expect(ofKind(readings, 'meter')).toHaveLength(1);
  });

  it('full of our own batches has room again when these are sent and released', async () => {
    const { agent, disk, timers } = await startAgent({
      batch: { count: 4 },
      journal: { segmentBytes: 1500 },
    });
    for (let index = 0; index < 40; index++) {
      await agent.observe('house-17', meterObservation(String(index)));
    }
    disk.fault = (operation) => {
      if (operation === 'remove') disk.fault = null;
      return operation === 'write' || operation === 'create' ? 'ENOSPC' : null;
    };
    await expect(agent.observe('house-17', meterObservation('41'))).rejects.toThrow();
    await timers.advance(300_000);
    expect(agent.status()).toMatchObject({ state: 'recovering' });

    const sent = await sealedBatches(agent);
    agent.receipted(sent.length);
    await agent.release(sent.length);
    await timers.advance(120_000);
    expect(agent.status()).toMatchObject({ state: 'running' });
    await agent.observe('house-17', meterObservation('42'));
    const readings = await closeAndCheck(agent, sent);
    expect(ofKind(readings, 'meter').length).toBeGreaterThanOrEqual(41);
  });

  it('closes while the journal is being opened anew, and lets it go', async () => {
    const { agent, disk, timers } = await startAgent();
    failFrom(disk, 'write', 'EIO');
    await expect(agent.observe('house-17', meterObservation('1'))).rejects.toThrow();
    disk.fault = null;
    const advanced = timers.advance(60_000);
    await agent.close();
    await advanced;

    expect(agent.status()).toMatchObject({ state: 'closed', position: null });
    await (await startAgent({ disk })).agent.close();
  });

  it('fails at every single operation in turn: no hole, and every loss told', async () => {
    for (let failing = 1; failing < 60; failing++) {
      const { agent, disk, timers } = await startAgent({
        batch: { count: 4 },
        journal: { segmentBytes: 1500 },
      });
      let operations = 0;
      disk.fault = (operation) => {
        if (operation === 'read' || operation === 'list') return null;
        operations++;
        return operations === failing ? 'EIO' : null;
      };
      let accepted = 0;
      for (let index = 0; index < 20; index++) {
        await agent.observe('house-17', meterObservation(String(index))).then(
          () => accepted++,
          () => undefined,
        );
        if (agent.status().state === 'recovering') await timers.advance(2000);
      }
      disk.fault = null;
      await timers.advance(120_000);

      const readings = await closeAndCheck(agent);
      const kept = ofKind(readings, 'meter').length;
      const lost = ofKind(readings, 'gap').reduce(
        (sum, gap) => sum + Number(fieldsOf(gap)['gap.count'] ?? 0),
        0,
      );
      expect(kept, `operation ${failing}`).toBeGreaterThanOrEqual(accepted);
      expect(kept + lost, `operation ${failing}`).toBe(20);
    }
  });
});

describe('a full journal', () => {
  it('refuses observations, goes on sealing, and tells what was refused once there is room', async () => {
    const { agent, timers } = await startAgent({
      batch: { count: 10, ageMs: 5000 },
      journal: { maxBytes: 40_000 },
    });
    let refused = 0;
    for (let index = 0; index < 300; index++) {
      await agent.observe('house-17', meterObservation(String(index))).catch((error) => {
        expect(error).toMatchObject({ code: 'JOURNAL_FULL', retryable: true });
        refused++;
      });
    }
    expect(refused).toBeGreaterThan(50);
    expect(agent.status()).toMatchObject({ full: true, lost: refused, state: 'running' });
    await timers.advance(3_600_000);
    expect(agent.status()).toMatchObject({ full: true, state: 'running', recoveries: 0 });

    const before = await sealedBatches(agent);
    agent.receipted(before.length);
    await agent.release(before.length);
    await timers.advance(10_000);
    await agent.observe('house-17', meterObservation('1'));
    expect(agent.status().full).toBe(false);
    const readings = await closeAndCheck(agent, before);

    const gaps = ofKind(readings, 'gap').map(fieldsOf);
    expect(gaps).toEqual([expect.objectContaining({ 'gap.cause': 'full', 'gap.count': refused })]);
  });
});

describe('rejected frames', () => {
  it('are counted by source and code, and the last of them kept in a bounded file', async () => {
    const { agent, disk, timers } = await startAgent();
    for (let index = 0; index < 150; index++) {
      const bytes = new Uint8Array(1000).fill(index);
      agent.rejected('house-17', {
        code: 'CHECKSUM_MISMATCH',
        message: `${index}`,
        length: 1000,
        bytes,
      });
    }
    await timers.advance(60_000);

    expect(agent.status().rejected).toEqual({ 'house-17': { CHECKSUM_MISMATCH: 150 } });
    const file = await disk.open('/agent/rejected.ndjson');
    const into = new Uint8Array(await file.size());
    await file.read(into, 0);
    const lines = new TextDecoder().decode(into).trim().split('\n');
    expect(lines).toHaveLength(100);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ source: 'house-17', message: '149' });
    expect(into.length).toBeLessThan(100_000);
  });
});

function failFrom(disk: FakeDisk, failing: DiskOperation, errno: string): void {
  disk.fault = (operation) => (operation === failing ? errno : null);
}

async function closeAndCheck(agent: Agent, released: readonly SealedBatch[] = []) {
  const batches = [...released, ...(await sealedBatches(agent))];
  agent.subscribe((batch) => batches.push(batch));
  await agent.close();
  await settle();
  return checkedReadings(batches);
}
