/** The same vectors in Chromium, with the back end that browsers get: the same answers as in Node. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Rollup } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from './bytes/bytes.ts';
import { formatEvidence } from './judge/evidence-file.ts';
import { formatPolicy } from './judge/policy.ts';
import { formatRange } from './judge/range-file.ts';
import ed25519Vectors from './keys/ed25519.vectors.json' with { type: 'json' };
import p256Vectors from './keys/p256.vectors.json' with { type: 'json' };
import { formatReceipt } from './log/receipt.ts';
import {
  answer,
  type answerTo,
  type EvidenceQuestions,
  type Questions,
} from './testing/answers-fixture.ts';
import { hasChromium, openPage } from './testing/chromium-fixture.ts';
import { evidenceOf, honestWorld } from './testing/evidence-fixture.ts';
import { rangeOf, rangeWorld } from './testing/range-fixture.ts';
import { vectorFiles } from './testing/vector-files-fixture.ts';
import type { Json } from './testing/vector-questions-fixture.ts';
import type { Asked } from './testing/vector-world-fixture.ts';

const corpus = process.env.SIGILL_CORPUS;
const title = hasChromium ? '' : ' (skipped: no Chromium)';
const ED25519_PREFIX = '302a300506032b6570032100';

describe.skipIf(!hasChromium)(`evidence in Chromium${title}`, () => {
  let browser: Awaited<ReturnType<typeof openPage>>;

  beforeAll(async () => {
    browser = await openPage();
    const bundle = await bundleForBrowsers();
    expect(bundle).not.toContain('node:crypto');
    await browser.page.addScriptTag({ content: bundle });
  });
  afterAll(() => browser?.close());

  const askBoth = async (questions: Questions) => {
    const inPage = await browser.page.evaluate((asked) => {
      const { sigill } = globalThis as unknown as { sigill: { answer: typeof answer } };
      return sigill.answer(asked);
    }, questions);
    return [inPage, JSON.parse(JSON.stringify(answer(questions)))];
  };

  // Through text: the types of JSON are without end.
  const answersInPage = async (name: string, inputs: readonly Asked['input'][]) => {
    const answers = await browser.page.evaluate(
      ([wanted = '', given = '']) => {
        const { sigill } = globalThis as unknown as { sigill: { answerTo: typeof answerTo } };
        const asked = JSON.parse(given) as object[];
        return JSON.stringify(asked.map((input) => sigill.answerTo(wanted, input as never)));
      },
      [name, JSON.stringify(inputs)],
    );
    return JSON.parse(answers) as object[];
  };

  it('answers as Node does: signatures, CBOR, readings, receipts and verdicts', async () => {
    const [inPage, inNode] = await askBoth(committed());
    expect(inPage).toEqual(inNode);
    const { signatures, verdicts } = inPage as {
      signatures: string[];
      verdicts: { claims: { holds: string }[] }[][];
    };
    const expected = [...ed25519Vectors, ...p256Vectors].map(({ verdict }) =>
      verdict === 'valid' ? 'good' : verdict,
    );
    expect(signatures).toEqual(expected);
    for (const [at, claims] of [12, 13].entries())
      expect(verdicts[at]![0]!.claims.map(({ holds }) => holds)).toEqual(
        new Array(claims).fill('yes'),
      );
  });

  it('answers the vectors as they say', async () => {
    for (const [file, text] of vectorFiles()) {
      const name = file.replace('.vectors.json', '');
      const { vectors } = JSON.parse(text) as { vectors: (Asked & { expected: Json })[] };
      const inputs = vectors.map(({ input }) => input);
      expect(await answersInPage(name, inputs), name).toEqual(
        vectors.map(({ expected }) => expected),
      );
    }
  });

  it.skipIf(corpus === undefined)(
    `judges the corpus’s paths as they say${corpus === undefined ? ' (skipped: no SIGILL_CORPUS)' : ''}`,
    async () => {
      for (const name of ['inclusion', 'consistency'] as const) {
        const proofs = corpusProofs(corpus!, name);
        expect(proofs.length).toBeGreaterThan(40);
        const answers = await answersInPage(
          name,
          proofs.map(({ input }) => input),
        );
        const refused = answers.map((one) => Object.hasOwn(one, 'error'));
        expect(refused).toEqual(proofs.map(({ wantErr }) => wantErr));
      }
    },
  );

  it.skipIf(corpus === undefined)(
    `answers as Node does to the corpus${corpus === undefined ? ' (skipped: no SIGILL_CORPUS)' : ''}`,
    async () => {
      const [inPage, inNode] = await askBoth(fromCorpus(corpus!));
      expect(inPage).toEqual(inNode);
    },
  );
});

/** As `#crypto` resolves where there is no Node: one script that leaves `sigill` behind. */
async function bundleForBrowsers(): Promise<string> {
  const entry = fileURLToPath(new URL('testing/answers-fixture.ts', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'sigill' } },
  });
  const [{ output }] = built as [Rollup.RollupOutput];
  return output[0].code;
}

function committed(): Questions {
  const { world, house, batch, first, file, policy, options } = honestWorld();
  const text = formatEvidence(file);
  const other = formatEvidence(evidenceOf(world, house, first, 0));
  const hexes = [...batch.readings, batch.headerBytes, batch.seal].map(toHex);
  return {
    signatures: [
      ...ed25519Vectors.map((one) => ({ ...one, publicKey: ED25519_PREFIX + one.publicKey })),
      ...p256Vectors,
    ],
    cbor: [...hexes, '1bffffffffffffffff', '3bffffffffffffffff', 'f93c00', '62c080', '1817'],
    readings: hexes,
    evidence: [
      {
        policy: formatPolicy(policy),
        texts: [text, other, ...tamperedWith(text)],
        blocks: options.blocks.map(({ number, hash }) => ({ number, hash: toHex(hash) })),
      },
      ranges(),
    ],
    receipt: {
      text: formatReceipt({
        index: file.seal.index,
        path: file.seal.path,
        note: file.log.checkpoint,
      }),
      entry: toHex(batch.seal),
      origin: house.origin,
      publicKey: toHex(house.signer.publicKey),
    },
  };
}

function ranges(): EvidenceQuestions {
  const { world, house, meter, times, policy, options } = rangeWorld();
  const period = { from: times[3]!, to: times[7]! };
  const make = (changes: object) =>
    formatRange(
      rangeOf(world, house, meter, { device: 'probe-1', first: 3, count: 4, period, ...changes }),
    );
  const whole = make({});
  return {
    policy: formatPolicy(policy),
    texts: [whole, make({ missing: [4] }), make({ erased: [5] }), ...tamperedWith(whole)],
    blocks: options.blocks.map(({ number, hash }) => ({ number, hash: toHex(hash) })),
  };
}

/** A letter changed, in sixty places. */
function tamperedWith(text: string): string[] {
  return Array.from({ length: 60 }, (_, at) => {
    const place = Math.floor((at * text.length) / 60);
    return `${text.slice(0, place)}${text[place] === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`;
  });
}

/** RFC 6962 proofs as vectors ask of them. */
function corpusProofs(folder: string, kind: 'inclusion' | 'consistency') {
  const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex');
  const root = join(folder, 'evidence', 'rfc6962', kind);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const proof = JSON.parse(readFileSync(join(root, name), 'utf8'));
      const path = ((proof.proof ?? []) as string[]).map(hex);
      const input: Asked['input'] =
        kind === 'inclusion'
          ? {
              ...{ index: proof.leafIdx, size: proof.treeSize, path },
              ...{ leaf: hex(proof.leafHash), root: hex(proof.root) },
            }
          : {
              ...{ oldSize: proof.size1, newSize: proof.size2, path },
              ...{ oldRoot: hex(proof.root1), newRoot: hex(proof.root2) },
            };
      return { input, wantErr: proof.wantErr as boolean };
    });
}

function fromCorpus(folder: string): Questions {
  const read = (...path: string[]) =>
    JSON.parse(readFileSync(join(folder, 'evidence', ...path)).toString());
  const groups = read('wycheproof', 'ed25519_test.json').testGroups as {
    publicKey: { pk: string };
    tests: { msg: string; sig: string }[];
  }[];
  const examples = read('cbor', 'appendix_a.json') as { hex: string }[];
  return {
    ...committed(),
    signatures: groups.flatMap(({ publicKey, tests }) =>
      tests.map(({ msg, sig }) => ({
        publicKey: ED25519_PREFIX + publicKey.pk,
        message: msg,
        signature: sig,
      })),
    ),
    cbor: examples.map(({ hex }) => hex),
  };
}
