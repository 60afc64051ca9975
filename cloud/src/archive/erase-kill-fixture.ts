/** For tests: a process that erases one batch after another and says so, to be killed on its way. */
import { bytes, key } from './archive-contract.ts';
import { openSegmentArchive } from './segment-archive.ts';

const [directory = '', count = '0'] = process.argv.slice(2);
const archive = await openSegmentArchive(directory, { segmentBytes: 2000 });
process.stdout.write('open\n');
for (let batch = 0; batch < Number(count); batch += 1) {
  await archive.erase(key(1, batch), bytes(`left ${batch}`));
  process.stdout.write(`erased ${batch}\n`);
}
await archive.close();
