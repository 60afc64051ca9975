import { Type } from '@fastify/type-provider-typebox';
import { formatAddress } from '@sigill/evidence';
import type { Route } from '../context.ts';
import { WatermarksSchema } from '../schemas.ts';

const schema = {
  summary: 'How far the evidence of each site log has come, and which ledger it rests on',
  tags: ['cloud'],
  response: {
    200: Type.Object({
      demonstration: Type.Boolean(),
      version: Type.String(),
      origins: Type.Array(WatermarksSchema),
      ledger: Type.Union([
        Type.Object({ rpc: Type.String(), chainId: Type.Integer(), contract: Type.String() }),
        Type.Null(),
      ]),
    }),
  },
};

export const statusRoute: Route = (api, { core, version, demonstration, ledgerRpc }) => {
  const { ledger } = core.policy;
  api.get('/api/v1/status', { schema }, async () => ({
    demonstration,
    version,
    origins: [...core.watermarks.list()],
    ledger:
      ledger === null || ledgerRpc === null
        ? null
        : { rpc: ledgerRpc, chainId: ledger.chainId, contract: formatAddress(ledger.contract) },
  }));
};
