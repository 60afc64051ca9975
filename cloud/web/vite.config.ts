/** How the page is built: one small script, the verifier in a second one that loads when first used. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { basemapPlugin } from './basemap.ts';

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  plugins: [basemapPlugin()],
  root: fileURLToPath(new URL('.', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The verifier of ranges runs beside the page, and is made of the same modules.
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    // A data: address would need its own permission in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The reader's page and the operator's: no reader loads a word of the other.
    rolldownOptions: { input: ['index.html', 'operator.html'].map(page) },
  },
});
