import { originHash, toHex } from '@sigill/evidence';
import { addWitnessRoutes } from '../../witness/witness-routes.ts';
import type { Route } from '../context.ts';

export const witnessAddRoute: Route = (api, { core: { witness, register } }) => {
  if (witness === null) return;
  const originOf = (hash: string) =>
    register.slots().find(({ record }) => toHex(originHash(record.origin)) === hash)?.record.origin;
  addWitnessRoutes(api, { witness, originOf, prefix: '/witness' });
};
