/**
 * One line a step, with a mark and how long it took; on a terminal the step under way moves.
 * @module
 */
import type { Writable } from 'node:stream';

export interface Progress {
  /** Tells a step while `work` runs, and that it is done. What it throws passes through. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  say(text: string): void;
  /** Leaves the line under way as it stands. */
  end(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;

export function createProgress(out: Writable & { readonly isTTY?: boolean }): Progress {
  const moving = out.isTTY === true;
  let timer: NodeJS.Timeout | null = null;

  function stop(): void {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    out.write('\r\u001b[K');
  }

  return {
    async step(title, work) {
      const started = performance.now();
      let frame = 0;
      if (moving) {
        timer = setInterval(() => {
          frame = (frame + 1) % FRAMES.length;
          out.write(`\r  ${FRAMES[frame]} ${title}`);
        }, FRAME_MS);
      }
      const result = await work();
      stop();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      out.write(`  ✓ ${title} (${seconds} s)\n`);
      return result;
    },
    say(text) {
      stop();
      out.write(`${text}\n`);
    },
    end: stop,
  };
}
