/** Writes the vectors beside this file: npm run vectors */
import { writeFileSync } from 'node:fs';
import { vectorFiles } from '../src/testing/vector-files-fixture.ts';

for (const [name, text] of vectorFiles()) {
  writeFileSync(new URL(name, import.meta.url), text);
  process.stdout.write(`${name}: ${JSON.parse(text).vectors.length}\n`);
}
