/**
 * Where a process spent its time, from V8's sampling profiles: self time by the part it fell in.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface PartShare {
  readonly part: string;
  readonly seconds: number;
}

/** Summed over the profiles in a folder, largest first; idle time apart. */
export function readProfiles(directory: string): PartShare[] {
  const names = readdirSync(directory).filter((file) => file.endsWith('.cpuprofile'));
  return sharesOf(names.map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8'))));
}

/** What `work` gives, and where this process spent its time meanwhile. */
export async function profiled<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly shares: readonly PartShare[] }> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  const result = await work();
  const { profile } = (await session.post('Profiler.stop')) as { profile: CpuProfile };
  session.disconnect();
  return { result, shares: sharesOf([profile]) };
}

function sharesOf(profiles: readonly CpuProfile[]): PartShare[] {
  const seconds = new Map<string, number>();
  for (const profile of profiles) {
    const parts = new Map(profile.nodes.map((node) => [node.id, partOf(node.callFrame)]));
    profile.samples.forEach((sample, index) => {
      const part = parts.get(sample) ?? 'other';
      seconds.set(part, (seconds.get(part) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1e6);
    });
  }
  seconds.delete('(idle)');
  return [...seconds]
    .map(([part, spent]) => ({ part, seconds: spent }))
    .sort((a, b) => b.seconds - a.seconds);
}

function partOf({ functionName, url }: { functionName: string; url: string }): string {
  if (functionName === '(idle)' || functionName === '(garbage collector)') return functionName;
  const own = /\/(evidence|firmware-bridge|edge|gateway|cloud)\/src\/([^/]+)/.exec(url);
  if (own !== null && !url.includes('node_modules'))
    return `${own[1]}/${own[2]!.replace(/\.ts$/, '')}`;
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (library !== null) return library[1]!;
  if (url.startsWith('node:')) return 'node';
  return '(native and program)';
}
