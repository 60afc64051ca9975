/**
 * Builds the verifier: one HTML file that needs nothing else. In cloud/web/verifier/dist, with its SHA-256 and the
 * program as it runs beside it. `npm run build:verifier`
 * @module
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { formatPageFile, hashOfPage, type PageParts } from './page-file.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const NAME = 'sigill-verifier';
/** Small enough to be sent with a letter and kept with the evidence. */
export const MAX_PAGE_BYTES = 150_000;

export interface BuiltVerifier {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** @throws Error for a page over its bound */
export async function buildVerifier(): Promise<BuiltVerifier> {
  const parts = await bundle();
  const text = formatPageFile(parts);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > MAX_PAGE_BYTES)
    throw new Error(`${NAME}: at most ${MAX_PAGE_BYTES} bytes expected, got ${sizeBytes}`);
  const folder = join(HERE, 'dist');
  await mkdir(folder, { recursive: true });
  const file = `${NAME}.html`;
  const sha256 = hashOfPage(parts);
  const files = {
    [file]: text,
    // As `sha256sum --check` reads it.
    [`${file}.sha256`]: `${sha256}  ${file}\n`,
    [`${NAME}.js`]: parts.program,
  };
  for (const [name, content] of Object.entries(files)) {
    // Whole or not at all: tests build it side by side, and others read it meanwhile.
    const unfinished = join(folder, `${name}.${process.pid}`);
    await writeFile(unfinished, content);
    await rename(unfinished, join(folder, name));
  }
  return { path: join(folder, file), sizeBytes, sha256 };
}

async function bundle(): Promise<PageParts> {
  const { output } = (await build({
    configFile: false,
    root: HERE,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2024',
      modulePreload: { polyfill: false },
      cssCodeSplit: false,
      rolldownOptions: { input: join(HERE, 'main.ts'), output: { format: 'iife' } },
    },
  })) as Rollup.RollupOutput;
  const sheet = output.find((one) => one.type === 'asset' && one.fileName.endsWith('.css'));
  const style = sheet?.type === 'asset' ? String(sheet.source).trim() : '';
  // What a browser would read otherwise than it is written: its hash would be another.
  if (style === '' || /<\/style|\r|\0/i.test(style))
    throw new Error(`${NAME}: its style cannot stand inside a page`);
  const program = output[0].code.trim();
  return { program, packed: deflateRawSync(program, { level: 9 }).toString('base64'), style };
}

if (import.meta.main) {
  const { path, sizeBytes, sha256 } = await buildVerifier();
  process.stdout.write(`${path}\n${sizeBytes} bytes of ${MAX_PAGE_BYTES}\nSHA-256 ${sha256}\n`);
}
