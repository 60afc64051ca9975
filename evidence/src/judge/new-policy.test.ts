import { describe, expect, it } from 'vitest';
import { sha256 } from '../crypto/index.ts';
import type { NoteKey } from '../log/signed-note.ts';
import { testSigner } from '../testing/key-fixture.ts';
import { newPolicy } from './new-policy.ts';
import { parsePolicy } from './policy.ts';

const operatorKey = testSigner('operator').publicKey;
const witness = (name: string, key: string): NoteKey => ({
  name,
  type: 4,
  publicKey: testSigner(key).publicKey,
});

describe('the policy of a new operator', () => {
  it('names its key, and no witness and no ledger where there is none', () => {
    const policy = parsePolicy(newPolicy({ operatorKey, witnesses: [], development: null }));
    expect(policy).toMatchObject({
      operator: sha256(operatorKey),
      ledger: null,
      witnessLines: ['quorum none'],
    });
  });

  it('asks for every witness, also when two have one name', () => {
    const witnesses = [witness('w.example', 'one'), witness('w.example', 'two')];
    const policy = parsePolicy(newPolicy({ operatorKey, witnesses, development: null }));
    expect([...policy.witnesses.witnesses.keys()]).toEqual(['w.example', 'w.example~2']);
    expect(policy.witnesses.quorum).toBe('every');
  });

  it('has a contract that follows from the accounts', () => {
    const accounts = { operator: `0x${'1'.repeat(40)}`, guardian: `0x${'2'.repeat(40)}` };
    const development = { ...accounts, endpoint: 'http://127.0.0.1:7446' };
    const { ledger } = parsePolicy(newPolicy({ operatorKey, witnesses: [], development }));
    expect(ledger).toMatchObject({ profile: { id: 'development' } });
    expect(ledger?.endpoints).toEqual(['http://127.0.0.1:7446']);
  });
});
