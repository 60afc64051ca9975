/** Writes evidence/vectors: npm run vectors */
import { writeFileSync } from 'node:fs';
import { vectorFiles } from './vector-files-fixture.ts';

for (const [name, text] of vectorFiles()) {
  writeFileSync(new URL(`../../vectors/${name}`, import.meta.url), text);
  process.stdout.write(`${name}: ${JSON.parse(text).vectors.length}\n`);
}
