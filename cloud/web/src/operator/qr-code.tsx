/** A QR code as one path: dark on light in both appearances, because cameras expect that. */
import type { JSX } from 'preact';
import { encode } from 'uqr';

// Four modules of quiet around it (ISO/IEC 18004), drawn as light ones.
const BORDER = 4;

export function QrCode({ text, label }: { text: string; label: string }): JSX.Element {
  const { data, size } = encode(text, { border: BORDER, ecc: 'M' });
  const dark = data
    .flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <figure>
      <svg class="qr" viewBox={`0 0 ${size} ${size}`} aria-hidden="true" focusable="false">
        <rect class="light" width={size} height={size} />
        <path class="dark" d={dark} />
      </svg>
      <figcaption class="spoken">{label}</figcaption>
    </figure>
  );
}
