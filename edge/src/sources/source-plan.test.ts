import { dsmrP1 } from '@sigill/firmware-bridge';
import { expect, test } from 'vitest';
import { METER } from '../agent-fixture.ts';
import { toSourcePlan } from './source-plan.ts';

test('a plan names the driver with the options it was given', () => {
  expect(toSourcePlan(METER, dsmrP1, {})).toEqual({ ...METER, driver: 'dsmr-p1' });
  const { driver } = toSourcePlan(METER, dsmrP1, { zone: 'Europe/Brussels' });
  expect(driver).toBe('dsmr-p1?zone=Europe%2FBrussels');
});
