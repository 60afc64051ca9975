import { testLedger } from './ledger-contract.ts';
import { createMemoryLedger } from './memory-ledger.ts';

testLedger('the ledger in memory', async () => {
  const { ledger, mine, makeFinal, reorganise, setAway } = createMemoryLedger();
  return {
    ledger,
    mine: async () => mine(),
    makeFinal: async () => makeFinal(),
    reorganise: async () => reorganise(),
    setAway: async (away) => setAway(away),
    close: () => ledger.close(),
  };
});
