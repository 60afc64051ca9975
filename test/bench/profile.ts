/**
 * Where a process spent its time, from V8's sampling profiles: self time by the part it fell in.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
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
  const seconds = new Map<string, number>();
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.cpuprofile'))) {
    const profile = JSON.parse(readFileSync(join(directory, name), 'utf8')) as CpuProfile;
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
