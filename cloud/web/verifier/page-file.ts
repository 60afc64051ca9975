/**
 * The text of the verifier's one file. The program stands in it packed (deflate, base64), since with all its words it
 * would be twice the size; the content security policy names the hash of the program unpacked, so that a browser runs
 * that and nothing else. The build writes this text; the page makes it again from what it was loaded with, so that it
 * can name the hash of the file it is.
 *
 *     policy with the hashes of program, loader, style | style | program, packed | loader
 *
 * @module
 */
import { sha256, toBase64, toHex, utf8 } from '@sigill/evidence';

export interface PageParts {
  /** As it runs. */
  readonly program: string;
  /** The same, deflated, as base64. */
  readonly packed: string;
  readonly style: string;
}

/** Unpacks the program and has it run: the browser refuses it if its hash is not the one in the policy. */
const LOADER = `(async () => {
  const packed = Uint8Array.from(atob(document.getElementById('program').textContent), (one) => one.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const program = document.createElement('script');
  program.textContent = await new Response(stream).text();
  document.body.append(program);
})().catch(() => {}).then(() => {
  if (!document.querySelector('main'))
    document.body.append('This file is damaged, or this browser is too old for it. / Filen är skadad, eller webbläsaren är för gammal för den.');
});`;

const hashSource = (text: string) => `'sha256-${toBase64(sha256(utf8(text)))}'`;

/**
 * Nothing may be loaded or sent, and only this very program and style count. A worker made of the same program
 * inherits that. A policy in a page cannot forbid going to another page: the program holds no address to go to.
 */
const contentSecurityPolicy = ({ program, style }: PageParts): string =>
  [
    "default-src 'none'",
    `script-src ${hashSource(program)} ${hashSource(LOADER)}`,
    `style-src ${hashSource(style)}`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

export const formatPageFile = (parts: PageParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(parts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Sigill verifier</title>
<!-- The program of this page stands below, packed. To read it: base64 -d, then inflate (raw). Its SHA-256 is the first after script-src. -->
<style>${parts.style}</style>
</head>
<body>
<noscript>This page checks evidence with JavaScript, on this computer alone. Without JavaScript: npx sigill verify --offline</noscript>
<script type="application/octet-stream" id="program">${parts.packed}</script>
<script>${LOADER}</script>
</body>
</html>
`;

export const hashOfPage = (parts: PageParts): string => toHex(sha256(utf8(formatPageFile(parts))));
