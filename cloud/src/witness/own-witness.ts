/** A cloud's own witness: it watches the logs of its register. Against the operator of that cloud it proves nothing. */
import type { NoteKey, Signer } from '@sigill/evidence';
import type { Database } from '../database/database.ts';
import type { Register } from '../register/register.ts';
import { createDatabaseForks } from './database-forks.ts';
import { createDatabaseStore } from './database-store.ts';
import { createWitness, type Witness } from './witness.ts';

export function openOwnWitness(
  { name, signer }: { readonly name: string; readonly signer: Signer },
  database: Database,
  register: Register,
  now: () => number,
  changed: (origin?: string) => void,
): Promise<Witness> {
  const key: NoteKey = { name, type: 4, publicKey: signer.publicKey };
  return createWitness({
    ...{ name, signer, now, changed },
    store: createDatabaseStore(database, key, now),
    forks: createDatabaseForks(database, now),
    find(origin) {
      const slot = register.slots().find(({ record }) => record.origin === origin)?.record;
      return slot && { publicKey: slot.logKey, closed: slot.closed };
    },
  });
}
