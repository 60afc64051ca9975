/** A cloud's stores made again, from the archive of its batches and the keepsakes beside it. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Policy } from '@sigill/evidence';
import { openSegmentArchive } from '../archive/segment-archive.ts';
import { ARCHIVE, DATABASE, KEEPSAKES, MADE_FROM_ARCHIVE } from '../data-directory.ts';
import { openRegister } from '../register/register.ts';
import { checkRebuilt, type RebuiltCounts } from './check-rebuilt.ts';
import { rebuildDatabase } from './rebuild-database.ts';

/** What is made from the archive alone is taken away: it comes again when the cloud starts. @throws CloudError REBUILD_FAILED, KEEPSAKES_DAMAGED, ARCHIVE_* */
export async function rebuildCloud(
  data: string,
  policy: Pick<Policy, 'operator'>,
  now: () => number,
): Promise<RebuiltCounts> {
  // While it is open here, no cloud runs on this directory.
  const archive = await openSegmentArchive(join(data, ARCHIVE));
  try {
    const counts = await rebuildDatabase(
      join(data, DATABASE),
      join(data, KEEPSAKES),
      async (database) =>
        checkRebuilt({
          ...{ archive, database },
          register: await openRegister(database, policy.operator, now),
        }),
    );
    for (const name of await readdir(data))
      if (MADE_FROM_ARCHIVE.some((one) => name.startsWith(one)))
        await rm(join(data, name), { recursive: true });
    return counts;
  } finally {
    await archive.close();
  }
}
