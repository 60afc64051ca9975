import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../log/checkpoint.ts';
import { formatNoteKey, parseNote } from '../log/signed-note.ts';
import { cosign } from '../log/witnessing.ts';
import { testBytes, testSigner } from '../testing/key-fixture.ts';
import { judgeQuorum, parseWitnessQuorum } from './witness-quorum.ts';

const signers = ['a', 'b', 'c', 'd'].map((name) => ({
  name,
  signer: testSigner(`witness ${name}`),
}));
const keyOf = (name: string, type: 1 | 4 = 4) => {
  const { signer } = signers.find((one) => one.name === name)!;
  return formatNoteKey({ name: `w.example/${name}`, type, publicKey: signer.publicKey });
};
const note = signCheckpoint(
  { origin: 'log.example', size: 3, root: testBytes('r') },
  testSigner('log'),
);
const { text } = parseNote(note);
const lines = signers.map(({ name }) => `witness ${name} ${keyOf(name)}`);

/** Whether these cosigners meet the quorum. */
function isMet(rules: readonly string[], cosigners: string): boolean {
  const policy = parseWitnessQuorum([...lines, ...rules]);
  const cosigned = signers
    .filter(({ name }) => cosigners.includes(name))
    .map(({ name, signer }) => cosign(text, `w.example/${name}`, signer, 1_790_000_000));
  return judgeQuorum(policy, note + cosigned.join('')).met;
}

describe('a quorum', () => {
  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['one witness', ['quorum a'], ['a', 'ab'], ['', 'bcd']],
    ['any of two', ['group g any a b', 'quorum g'], ['a', 'b'], ['', 'cd']],
    ['all of two', ['group g all a b', 'quorum g'], ['ab'], ['a', 'b', 'acd']],
    ['two of three', ['group g 2 a b c', 'quorum g'], ['ab', 'bc', 'abc'], ['a', 'cd']],
    [
      'groups of groups',
      ['group x any a b', 'group y 2 c d', 'group z all x y', 'quorum z'],
      ['acd', 'bcd'],
      ['ab', 'cd', 'ac'],
    ],
    ['none', ['quorum none'], ['', 'a'], []],
  ])('of %s', (_name, rules, met, unmet) => {
    for (const cosigners of met) expect(isMet(rules, cosigners), cosigners).toBe(true);
    for (const cosigners of unmet) expect(isMet(rules, cosigners), cosigners).toBe(false);
  });

  it('tells who saw the checkpoint and when, and counts bad cosignatures as none', () => {
    const policy = parseWitnessQuorum([...lines, 'quorum a']);
    const good = cosign(text, 'w.example/a', signers[0]!.signer, 1_790_000_000);
    const forged = cosign('another text\n', 'w.example/b', signers[1]!.signer, 1_790_000_000);
    expect(judgeQuorum(policy, note + good + forged)).toEqual({
      met: true,
      seenBy: [{ name: 'a', time: 1_790_000_000 }],
    });
  });
});

describe('parseWitnessQuorum', () => {
  it('takes a URL behind a witness, as tlog-policy does', () => {
    const url = `witness a ${keyOf('a')} https://w.example/`;
    expect(parseWitnessQuorum([url, 'quorum a']).witnesses.get('a')?.name).toBe('w.example/a');
  });

  it.each<[string, readonly string[]]>([
    ['no quorum', [lines[0]!]],
    ['two quorums', [lines[0]!, 'quorum a', 'quorum a']],
    ['a quorum of nobody', ['quorum a']],
    ['a quorum named before its witness', ['quorum a', lines[0]!]],
    ['a witness twice', [lines[0]!, lines[0]!, 'quorum a']],
    ['a key under two names', [lines[0]!, `witness b ${keyOf('a')}`, 'quorum a']],
    ['a witness called none', [`witness none ${keyOf('a')}`, 'quorum none']],
    ['the key of a log', [`witness a ${keyOf('a', 1)}`, 'quorum a']],
    ['a group of strangers', [lines[0]!, 'group g any a x', 'quorum g']],
    ['a group without members', [lines[0]!, 'group g any', 'quorum a']],
    ['a member twice', [lines[0]!, 'group g 1 a a', 'quorum g']],
    ['a member of two groups', [...lines, 'group g any a b', 'group h any a c', 'quorum h']],
    ['a group of itself', [lines[0]!, 'group g any g', 'quorum g']],
    ['a group that takes a witness’s name', [lines[0]!, 'group a any a', 'quorum a']],
    ['a threshold of 0', [...lines, 'group g 0 a b', 'quorum g']],
    ['a threshold beyond the members', [...lines, 'group g 3 a b', 'quorum g']],
    ['a threshold with a leading zero', [...lines, 'group g 01 a b', 'quorum g']],
    ['two spaces', [`witness  a ${keyOf('a')}`, 'quorum a']],
    ['a comment', [...lines, '# comment', 'quorum a']],
    ['an empty line', [...lines, '', 'quorum a']],
    ['another keyword', [...lines, 'log x', 'quorum a']],
  ])('refuses %s', (_name, given) => {
    expect(() => parseWitnessQuorum(given)).toThrow(
      expect.objectContaining({ code: 'POLICY_FORM' }),
    );
  });
});
