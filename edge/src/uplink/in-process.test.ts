import { startInProcessUplink } from './in-process.ts';
import { testUplink } from './uplink-contract.ts';

testUplink(async ({ agent, timers }, gateway) =>
  startInProcessUplink({
    agent,
    offer: gateway.offer,
    siteLog: gateway.log.name,
    timers,
    random: () => 0.5,
  }),
);
