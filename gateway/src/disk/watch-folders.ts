import { type FSWatcher, mkdirSync, watch } from 'node:fs';

/**
 * Tells when something in one of these folders may have changed, for whoever looks there anyway now and again: where the
 * system has no watches left, nothing is told.
 */
export function watchFolders(folders: readonly string[], changed: () => void): () => void {
  const watchers = folders.flatMap((folder) => watchFolder(folder, changed) ?? []);
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}

function watchFolder(folder: string, changed: () => void): FSWatcher | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return watch(folder, { persistent: false }, changed).on('error', () => {});
  } catch {
    return null;
  }
}
