/** A witness without a socket, with the promises of C2SP tlog-witness, and faults on demand. */
import {
  cosign,
  EMPTY_ROOT,
  formatNoteKey,
  judgeAddCheckpoint,
  parseAddCheckpoint,
  parseNoteKey,
} from '@sigill/evidence';
import { newSigner } from '../agent-fixture.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import type { WitnessConfig } from './witness-config.ts';

export interface FakeWitness {
  readonly config: WitnessConfig;
  readonly http: HttpClient;
  held: { size: number; root: Uint8Array };
  /** What each request is answered instead; null: as it should be. */
  fault: (() => Promise<HttpAnswer>) | null;
  asked: number;
}

export function createFakeWitness(name: string, origin: string, logKey: Uint8Array): FakeWitness {
  const signer = newSigner();
  const key = parseNoteKey(formatNoteKey({ name, type: 4, publicKey: signer.publicKey }));
  const text = (status: number, body: string) => ({ status, body: new TextEncoder().encode(body) });
  const witness: FakeWitness = {
    config: { url: new URL('https://witness.example/'), key, certificate: null },
    held: { size: 0, root: EMPTY_ROOT },
    fault: null,
    asked: 0,
    http: {
      close() {},
      async request({ path, body }) {
        witness.asked += 1;
        if (witness.fault !== null) return witness.fault();
        if (path !== 'add-checkpoint') return text(404, '');
        const decision = judgeAddCheckpoint(
          parseAddCheckpoint(new TextDecoder().decode(body)),
          () => ({ origin, publicKey: logKey, ...witness.held }),
        );
        if (decision.status === 409) return text(409, `${decision.size}\n`);
        if (decision.status !== 200) return text(decision.status, decision.reason);
        const { size, root } = decision.checkpoint;
        witness.held = { size, root };
        return text(200, cosign(decision.text, name, signer, 1_760_000_000));
      },
    },
  };
  return witness;
}
