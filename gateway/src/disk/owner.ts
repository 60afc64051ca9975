import { chownSync, statSync } from 'node:fs';

/** What root makes in the service's folders must be the service's: `path` gets the owner that `like` has. */
export function giveToOwnerOf(like: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(like);
  if (uid !== 0) chownSync(path, uid, gid);
}
