#!/usr/bin/env node
/**
 * Starts sigill.ts, or says in one sentence why it cannot: an old Node cannot even read it.
 */
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
// Types are stripped without a flag from 22.18 on; node:sqlite and the rest are tried on 24.
const canRun = major > 22 || (major === 22 && minor >= 18);
const isInstalled = existsSync(new URL('node_modules/@sigill', import.meta.url));

// By then whatever runs for long has loaded what it needs.
const FLUSH_MS = 60_000;

if (!isInstalled) stop('its packages are not installed. Run: npm ci');
else if (!canRun)
  stop(
    `it needs Node 24, which comes with its packages on 64-bit Linux; this is Node ${process.versions.node}. Run npm ci without --omit=optional, and start it with npm start or npx sigill`,
  );
else {
  // Compiled code is kept beside the packages, where nobody else writes: a start takes two thirds of the time. Where
  // that may not be written, or the environment names a place of its own, it is left to Node.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
    new URL('node_modules/.cache/sigill', import.meta.url),
  );
  modules.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
  // Node keeps it when a process ends; a box that only ever loses power would never have one.
  setTimeout(() => modules.flushCompileCache?.(), FLUSH_MS).unref();
  await import('./sigill.ts');
}

function stop(reason) {
  process.stderr.write(`Sigill cannot start: ${reason}\n`);
  process.exitCode = 3;
}
