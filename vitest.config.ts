import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{evidence,firmware-bridge,edge,gateway,cloud,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: 'test/testing/temporary-folder.ts',
    // The long ones wait for processes and clocks more than they compute. 2 cores: 611 s with one worker, 278 s with three.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
