/**
 * Notices that a port is there again, before the next try is due. It costs nothing while nothing happens.
 * @module
 */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';

// udev makes the node, then its rights, then its links; one look is enough for them.
const SETTLE_MS = 30;

/**
 * Calls `plugged` each time that something changes near the path and it may be opened. `/dev/serial/by-id` itself goes
 * with the last adapter: then the nearest directory that is there is watched. Where nothing can be watched, nothing is
 * told: whoever waits has a timer as well.
 */
export function watchForPort(path: string, plugged: () => void): () => void {
  let watched: string | null = null;
  let watcher: FSWatcher | null = null;
  let settling: NodeJS.Timeout | null = null;
  let isOver = false;

  const arm = (): void => {
    const nearest = nearestDirectory(path);
    if (nearest === watched) return;
    disarm();
    try {
      watcher = watch(nearest, { persistent: false }, changed);
      watcher.on('error', disarm);
      watched = nearest;
    } catch {
      // No more watches are to be had (ENOSPC), or it went this moment.
    }
  };

  const disarm = (): void => {
    watcher?.close();
    watcher = null;
    watched = null;
  };

  const changed = (): void => {
    settling ??= setTimeout(look, SETTLE_MS);
  };

  const look = async (): Promise<void> => {
    settling = null;
    arm();
    const isUsable = await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    if (isUsable && !isOver) plugged();
  };

  arm();
  return () => {
    isOver = true;
    if (settling !== null) clearTimeout(settling);
    disarm();
  };
}

function nearestDirectory(path: string): string {
  const directory = dirname(path);
  return directory === path || existsSync(directory) ? directory : nearestDirectory(directory);
}
