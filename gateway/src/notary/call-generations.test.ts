import {
  type Call,
  decodeCall,
  EMPTY_ROOT,
  openCheckpoint,
  originHash,
  readSlotRecord,
  utf8,
} from '@sigill/evidence';
import { beforeEach, describe, expect, test } from 'vitest';
import { newSigner } from '../agent-fixture.ts';
import { type CrashFileSystem, createCrashFileSystem } from '../disk/crash-file-system-fake.ts';
import { createDisk } from '../disk/disk.ts';
import type { KnownSize } from '../generation/inherited.ts';
import { createFixtureHolder, type FixtureRegister } from '../register-fixture.ts';
import { openSiteLog, type SiteLog } from '../site-log/site-log.ts';
import { callNext, isAlone } from './call.ts';
import type { KeptRollCall } from './roll-call-store.ts';

const FIRST = 'sigill.example/demo/house-17';
const SECOND = `${FIRST}/2`;
const keys = [newSigner(), newSigner()] as const;

let fileSystem: CrashFileSystem;
let register: FixtureRegister;
let log: SiteLog;
let next: SiteLog;
let last: KeptRollCall | null;

beforeEach(async () => {
  fileSystem = createCrashFileSystem();
  log = await openLog('first', FIRST, keys[0]);
  next = await openLog('second', SECOND, keys[1]);
  register = createFixtureHolder({
    ...{ origin: FIRST, log: keys[0], agents: [{ key: newSigner().publicKey }] },
  });
  last = null;
});

async function openLog(folder: string, origin: string, signer: (typeof keys)[0]): Promise<SiteLog> {
  await createDisk('/', fileSystem).settle(folder);
  return openSiteLog({ disk: createDisk(`/${folder}`, fileSystem), origin, signer });
}

async function grow(which: SiteLog, count: number): Promise<void> {
  const { size } = which.head();
  const entries = Array.from({ length: count }, (_, at) => utf8(`${which.origin} ${size + at}`));
  await which.append(entries, size);
}

function call(which: SiteLog, known: KnownSize | null = null): Call[] {
  const { rollCall, refused } = callNext(which, register.current(), last, known);
  expect(refused).toBeNull();
  last = { ...rollCall, calledAt: 0 };
  assertWhole(last);
  return last.calls.map(decodeCall);
}

/** What the cloud asks of every bundle. */
function assertWhole({ calls, records, checkpoint }: KeptRollCall): void {
  expect(records).toHaveLength(calls.length);
  for (const [slot, cose] of records.slice(1).entries()) {
    const called = decodeCall(calls[slot + 1]!);
    const { hash, record } = readSlotRecord(cose);
    expect([called.slot, called.recordHash]).toEqual([record.slot, hash]);
    expect(called.originHash).toEqual(originHash(record.origin));
  }
  if (checkpoint === null) return;
  const { slot } = register.current();
  const opened = openCheckpoint(checkpoint, slot.record.origin, slot.record.logKey).checkpoint;
  const called = decodeCall(calls.at(-1)!);
  expect([called.size, called.root]).toEqual([opened.size, opened.root]);
}

async function close(size: number, root = log.root(size)): Promise<void> {
  const closed = register.close({ size, root });
  register.logKeys.push(keys[1].publicKey);
  await register.admit(closed);
  await register.admit(register.continueFrom(closed, keys[1]));
}

test('a closed log is called at its end for ever and ages, the next one as the leaf after it', async () => {
  await grow(log, 5);
  call(log);
  await grow(log, 4);
  const path = log.consistencyProof(5, 9);
  await close(9);
  register.advance();
  await grow(next, 2);
  const known = { size: 5, root: log.root(5), path };
  const first = call(next, known);
  expect(first).toMatchObject([
    { slot: 0 },
    { slot: 1, size: 9, age: 0, root: log.root(9) },
    { slot: 2, size: 2, age: 0, root: next.root(2) },
  ]);
  await grow(next, 1);
  expect(call(next, known)).toMatchObject([
    { slot: 0 },
    { slot: 1, size: 9, age: 1 },
    { slot: 2, size: 3, age: 0 },
  ]);
  expect(call(next, null)[1]).toMatchObject({ size: 9, age: 2 });
});

test('where its end does not go on from what was called last, that is called on, and ages', async () => {
  await grow(log, 5);
  call(log);
  await close(7, new Uint8Array(32).fill(7));
  register.advance();
  await grow(next, 1);
  const known = { size: 0, root: EMPTY_ROOT, path: [] };
  expect(call(next, known)[1]).toMatchObject({ size: 5, age: 1, root: log.root(5) });
  expect(call(next, known)[1]).toMatchObject({ size: 5, age: 2 });
});

test('a closed log that was never called is called at its end at once', async () => {
  await grow(log, 3);
  await close(3);
  register.advance();
  await grow(next, 1);
  expect(call(next)[1]).toMatchObject({ size: 3, age: 0 });
});

describe('closed, and the next one has not begun', () => {
  test('a log that goes further here is called at its end and no further', async () => {
    await grow(log, 5);
    call(log);
    await grow(log, 5);
    await close(7);
    expect(call(log)).toMatchObject([{}, { size: 7, age: 0, root: log.root(7) }]);
    expect(call(log)[1]).toMatchObject({ size: 7, age: 1 });
  });

  test('one with another history stays where it was called', async () => {
    await grow(log, 5);
    call(log);
    await close(7, new Uint8Array(32).fill(7));
    expect(call(log)[1]).toMatchObject({ size: 5, age: 1 });
  });
});

test('only a gateway whose logs are all there is in the register calls the roll', async () => {
  expect(isAlone(register.current())).toBe(true);
  const closed = register.close();
  register.logKeys.push(keys[1].publicKey);
  await register.admit(closed);
  await register.admit(register.continueFrom(closed, keys[1], { slot: 3 }));
  register.advance();
  expect(isAlone(register.current())).toBe(false);
});
