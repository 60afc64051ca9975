import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{evidence,firmware-bridge,edge,gateway,cloud,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: 'test/testing/temporary-folder.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
