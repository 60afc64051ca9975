/** Attacks on the file of one reading: its parts moved, their paths bent, their forms written otherwise. */
import { describe, expect, it } from 'vitest';
import { signSlotRecord } from '../anchor/register.ts';
import { toBase64 } from '../bytes/bytes.ts';
import { decodeReading, encodeReading } from '../reading/reading.ts';
import { encodeHeader, signSeal } from '../seal/seal.ts';
import { codeOf } from '../testing/code-fixture.ts';
import { evidenceOf, honestWorld, optionsOf, policyOf } from '../testing/evidence-fixture.ts';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import { failuresOf } from '../testing/verdict-fixture.ts';
import type { World } from '../testing/world-fixture.ts';
import { type EvidenceFile, formatEvidence, parseEvidence } from './evidence-file.ts';
import { judge } from './judge.ts';

const { world, house, barn, meter, first, batch, file, policy, options } = honestWorld();
const failures = (changed: EvidenceFile) => failuresOf(judge(changed, policy, options));
const [reading] = file.readings;
const withReading = (changes: Partial<EvidenceFile['readings'][number]>) =>
  failures({ ...file, readings: [{ ...reading!, ...changes }] });
const rewritten = (changes: Partial<ReturnType<typeof decodeReading>>) =>
  encodeReading({ ...decodeReading(reading!.bytes), ...changes });

describe('a reading in a file', () => {
  it('moved to another batch', () => {
    expect(withReading({ batch: 1 }).sealed).toBe('no OTHER_READING');
    const { bytes } = evidenceOf(world, house, first, 0).seal;
    expect(failures({ ...file, seal: { ...file.seal, bytes } }).sealed).toBe('no OTHER_READING');
  });

  it('moved to another place of its batch', () => {
    expect(withReading({ index: 0 }).sealed).toBe('no BATCH_SEQUENCE');
    expect(withReading({ bytes: rewritten({ seq: 3 }), index: 0 }).sealed).toBe(
      'no INCLUSION_PROOF',
    );
  });

  it('moved to another stream, or under another number', () => {
    for (const changes of [{ source: 'attic' }, { device: 'probe-2' }, { n: 9 }, { kind: 'meter' }])
      expect(withReading({ bytes: rewritten(changes) }).sealed).toBe('no INCLUSION_PROOF');
  });

  it('moved to another agent', () => {
    const { id } = house.agents[0]!;
    expect(withReading({ bytes: rewritten({ agent: id }) }).sealed).toBe('no SIGNATURE_INVALID');
    expect(withReading({ bytes: rewritten({ agent: testBytes('nobody', 16) }) })).toMatchObject({
      sealed: 'no NOT_REGISTERED',
      registered: 'no NOT_REGISTERED',
    });
  });

  it('moved to another log', () => {
    const other = evidenceOf(world, barn, barn.agents[0]!.batches[2]!, 0);
    const { log, records, rollCalls } = other;
    expect(failures({ ...file, log, records, rollCalls })).toMatchObject({
      sealed: 'no NOT_REGISTERED',
      registered: 'no NOT_REGISTERED',
    });
    expect(failures({ ...file, log: { ...file.log, origin: barn.origin } })).toMatchObject({
      registered: 'no OTHER_LOG',
    });
  });

  it('whose time, value, clock or salt was changed', () => {
    const fields = decodeReading(batch.readings[0]!).fields;
    for (const changes of [{ time: 1 }, { fields }, { salt: testBytes('salt', 16) }])
      expect(withReading({ bytes: rewritten(changes) }).sealed).toBe('no INCLUSION_PROOF');
  });
});

describe('a path in a file', () => {
  const bent = (path: readonly Uint8Array[]): [string, readonly Uint8Array[]][] => [
    ['too long', [...path, testBytes('more')]],
    ['too short', path.slice(0, -1)],
    ['of another leaf', path.with(0, testBytes('another'))],
  ];

  it.each(bent(reading!.path))('from reading to batch: %s', (_name, path) => {
    expect(withReading({ path }).sealed).toBe('no INCLUSION_PROOF');
  });

  it.each(bent(file.log.consistency))('from checkpoint to the newest head: %s', (_name, path) => {
    const log = { ...file.log, consistency: path };
    expect(failures({ ...file, log })).toEqual({ history: 'no CONSISTENCY_PROOF' });
  });

  it.each(bent(file.rollCalls![0]!.slot.path))('from call to roll-call: %s', (_name, path) => {
    const [covering, newest] = file.rollCalls!;
    const rollCalls = [{ ...covering!, slot: { ...covering!.slot, path } }, newest!];
    expect(failures({ ...file, rollCalls })).toMatchObject({ called: 'no INCLUSION_PROOF' });
  });

  it.each(bent(file.rollCalls![1]!.operator.path))(
    'from the operator’s call: %s',
    (_name, path) => {
      const [covering, newest] = file.rollCalls!;
      const rollCalls = [covering!, { ...newest!, operator: { ...newest!.operator, path } }];
      expect(failures({ ...file, rollCalls })).toMatchObject({ unrevoked: 'no INCLUSION_PROOF' });
    },
  );

  it.each(bent(file.anchors!.leaves[2]!.path))('from anchor to ledger: %s', (_name, path) => {
    const leaves = file.anchors!.leaves.with(2, { ...file.anchors!.leaves[2]!, path });
    expect(failures({ ...file, anchors: { size: 5, leaves } })).toEqual({
      anchored: 'no INCLUSION_PROOF',
      bracket: 'not checked DEPENDS',
      clock: 'not checked DEPENDS',
    });
  });

  it.each(bent(file.ledger!.account))('from account to state: %s', (_name, account) => {
    const ledger = { ...file.ledger!, account };
    expect(failures({ ...file, ledger }).anchored).toBe('no TRIE_PROOF');
  });

  it('from storage to account: the two slots in each other’s place', () => {
    const [one, two] = file.ledger!.storage;
    const ledger = { ...file.ledger!, storage: [two, one] as const };
    expect(failures({ ...file, ledger }).anchored).toBe('no TRIE_PROOF');
  });
});

describe('what the ledger says, told otherwise', () => {
  it.each<[string, object, string]>([
    ['block time', { blockTime: 1_790_000_000 }, 'anchored'],
    ['block number', { blockNumber: 7 }, 'anchored'],
    ['parent hash', { parentHash: testBytes('x') }, 'anchored'],
    ['roll-call', { rollRoot: testBytes('x') }, 'called'],
    ['number of slots', { slots: 4 }, 'anchored'],
  ])('the %s of an anchor', (_name, change, claim) => {
    const leaves = file.anchors!.leaves.with(2, { ...file.anchors!.leaves[2]!, ...change });
    expect(failures({ ...file, anchors: { size: 5, leaves } })[claim]).toBe('no INCLUSION_PROOF');
  });

  it('the number of anchors', () => {
    const anchors = { ...file.anchors!, size: 6 };
    expect(failures({ ...file, anchors }).anchored).toBe('no NOT_NEWEST');
  });

  it('a header of the block that nobody else has', () => {
    const header = file.ledger!.header.slice();
    header[header.length - 1]! ^= 1;
    expect(failures({ ...file, ledger: { ...file.ledger!, header } })).toEqual({
      block: 'no OTHER_BLOCK',
    });
  });
});

describe('keys and records in a file', () => {
  it('a seal whose signature is of another batch, or over another header', () => {
    const header = encodeHeader({ ...batch.header, closedAt: 1 });
    const seals = [
      Uint8Array.from([...batch.seal.slice(0, -64), ...first.seal.slice(-64)]),
      signSeal(header, meter.signer),
    ];
    const judged = seals.map((bytes) => failures({ ...file, seal: { ...file.seal, bytes } }));
    expect(judged[0]).toMatchObject({ sealed: 'no SIGNATURE_INVALID' });
    expect(judged[1]).toMatchObject({ logged: 'no INCLUSION_PROOF' });
  });

  it('an operator’s record put in by a stranger, left out, or out of order', () => {
    const honest = honestWorld();
    honest.world.succeed({ nextKeyHash: testBytes('third') }, honest.world.operator);
    honest.world.succeed({ nextKeyHash: testBytes('fourth') }, honest.world.operator);
    honest.world.anchor();
    const whole = evidenceOf(honest.world, honest.house, honest.batch, 1);
    const [zero, one, two] = whole.records.operator;
    const [stranger] = otherOperator().operatorRecords;
    for (const operator of [
      [zero!, two!],
      [zero!, two!, one!],
      [stranger!, one!, two!],
      [zero!, stranger!],
    ])
      expect(
        verdictOn(honest.world, { ...whole, records: { ...whole.records, operator } }),
      ).toMatchObject({
        registered: 'no RECORD_CHAIN',
        unrevoked: 'no RECORD_CHAIN',
      });
  });

  it('a slot’s record called again after a later one took its place', () => {
    const honest = honestWorld();
    const early = honest.world.records[0]![0]!;
    honest.world.register(honest.house);
    const sealed = honest.meter.seal(['1.0']);
    honest.world.anchor();
    const called = honest.world.records[0]!.at(-1)!;
    honest.world.records[0]!.push(early);
    honest.world.anchor();
    const evidence = evidenceOf(honest.world, honest.house, sealed, 0);
    const records = { ...evidence.records, slot: [called, early] };
    expect(verdictOn(honest.world, { ...evidence, records })).toEqual({
      unrevoked: 'no RECORD_CHAIN',
    });
  });

  it.each([
    ['another log key', { logKey: testSigner('another log').publicKey }, 'no RECORD_CHAIN'],
    ['another origin', { origin: 'sigill.example/test/elsewhere' }, 'no OTHER_LOG'],
  ])('the newest record names %s', (_name, changes, failure) => {
    const honest = honestWorld();
    honest.world.register(honest.house, changes);
    honest.world.anchor();
    expect(
      verdictOn(honest.world, evidenceOf(honest.world, honest.house, honest.batch, 1)),
    ).toMatchObject({
      unrevoked: failure,
    });
  });

  it('the cosignature of another checkpoint', () => {
    const cosigned = world.witnessed(house.checkpoint(4)).split('\n').at(-2)!;
    const checkpoint = `${house.checkpoint(6)}${cosigned}\n`;
    expect(failures({ ...file, log: { ...file.log, checkpoint } })).toEqual({
      witnessed: 'no QUORUM_NOT_MET',
    });
  });
});

describe('the same written otherwise', () => {
  const text = formatEvidence(file);
  const frame64 = toBase64(reading!.frame!);

  it.each<[string, string, string]>([
    ['white space', text.replace('{"format"', '{ "format"'), 'JSON_NOT_CANONICAL'],
    ['a newline at the end', `${text}\n`, 'JSON_NOT_CANONICAL'],
    ['a byte order mark', `\ufeff${text}`, 'JSON_SCHEMA'],
    ['keys in another order', swapped(text), 'JSON_NOT_CANONICAL'],
    ['a key twice', text.replace('"batch":2', '"batch":1,"batch":2'), 'JSON_NOT_CANONICAL'],
    ['a key that nobody knows', text.replace('"batch":2', '"batch":2,"note":""'), 'JSON_SCHEMA'],
    ['a number with a fraction', text.replace('"batch":2', '"batch":2.0'), 'JSON_NOT_CANONICAL'],
    ['a number with an exponent', text.replace('"batch":2', '"batch":2e0'), 'JSON_NOT_CANONICAL'],
    ['minus zero', text.replace('"anchor":2', '"anchor":-0'), 'JSON_SCHEMA'],
    ['a number as text', text.replace('"batch":2', '"batch":"2"'), 'JSON_SCHEMA'],
    [
      'a letter escaped',
      text.replace('"sigill-evidence', '"\\u0073igill-evidence'),
      'JSON_NOT_CANONICAL',
    ],
    ['base64 without padding', text.replace(/=+"/, '"'), 'BASE64_SYNTAX'],
    ['base64 with unused bits', text.replace(frame64, spoiled(frame64)), 'BASE64_SYNTAX'],
    ['base64 of URLs', text.replaceAll('+', '-'), 'BASE64_SYNTAX'],
  ])('%s', (_name, changed, code) => {
    expect(changed).not.toBe(text);
    expect(codeOf(() => parseEvidence(changed))).toBe(code);
  });

  it('CBOR with a longer head', () => {
    const long = Uint8Array.from([0x98, 0x0c, ...reading!.bytes.slice(1)]);
    expect(withReading({ bytes: long }).sealed).toBe('no READING_FORM');
  });

  it('an envelope with a tag, a header or an algorithm of its own', () => {
    const sealed = (bytes: Uint8Array) =>
      failures({ ...file, seal: { ...file.seal, bytes } }).sealed;
    expect(sealed(file.seal.bytes.slice(1))).toBe('no SEAL_FORM');
    expect(sealed(file.seal.bytes.with(6, 0xa1))).toBe('no SEAL_FORM');
    expect(sealed(file.seal.bytes.with(5, 0x26))).toBe('no SEAL_FORM');
  });

  it('a note with another line end, an empty line more, or the log’s signature twice', () => {
    const logged = (checkpoint: string) =>
      failures({ ...file, log: { ...file.log, checkpoint } }).logged;
    const { checkpoint } = file.log;
    expect(logged(checkpoint.replace('\n', '\r\n'))).toBe('no NOTE_SYNTAX');
    expect(logged(checkpoint.replace('\n6\n', '\n06\n'))).toBe('no CHECKPOINT_SYNTAX');
    expect(logged(`${checkpoint}\n`)).toBe('no NOTE_SYNTAX');
    const line = checkpoint.split('\n\n')[1]!.split('\n')[0]!;
    expect(logged(`${checkpoint}${line}\n`)).toBe('no NOTE_UNSIGNED');
  });

  it('a record whose key is written otherwise', () => {
    const { record } = recordOf();
    const compressed = Uint8Array.from([...record.logKey, 0]);
    expect(codeOf(() => signSlotRecord({ ...record, logKey: compressed }, world.operator))).toBe(
      'RECORD_FORM',
    );
  });

  function recordOf() {
    const { agents, origin, signer } = house;
    const one = { key: agents[0]!.signer.publicKey, state: 'active' as const, succeeds: null };
    const zeros = new Uint8Array(32);
    const rest = { closed: null, continues: null, previous: zeros, logKey: signer.publicKey };
    return { record: { slot: 1, rev: 0, origin, agents: [one], ...rest } };
  }
});

function otherOperator(): Pick<World, 'operatorRecords'> {
  const honest = honestWorld();
  const signer = testSigner('thief');
  honest.world.operatorRecords.length = 1;
  honest.world.succeed({ rev: 0, previous: new Uint8Array(32), key: signer.publicKey }, signer);
  return { operatorRecords: honest.world.operatorRecords.slice(1) };
}

function verdictOn(of: World, changed: EvidenceFile): Record<string, string> {
  return failuresOf(judge(changed, policyOf(of), optionsOf(of)));
}

function swapped(text: string): string {
  return text.replace(
    '"format":"sigill-evidence@v1","kind":"reading"',
    '"kind":"reading","format":"sigill-evidence@v1"',
  );
}

/** The last character before the padding, one further: the same bytes to a lenient decoder. */
function spoiled(text: string): string {
  const at = text.indexOf('=') - 1;
  return `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) + 1)}${text.slice(at + 1)}`;
}
