/** The device's own bytes, decoded a second time: does the reading say what the device said? */
import { type DecodeAgain, formatValue, type Reading } from '@sigill/evidence';
import { drivers, type Observation } from '@sigill/firmware-bridge/drivers';

export const decodeAgain: DecodeAgain = (reading, frame) => {
  const driver = drivers.get(reading.origin.driver);
  if (driver === undefined) return null;
  const session = driver.createSession({});
  const steps = [session.receive({ bytes: frame }, reading.time), session.end(reading.time)];
  const observations = steps.flatMap((step) => step.observations);
  const refused = steps.flatMap((step) => step.rejected)[0];
  if (refused !== undefined) return { agrees: false, detail: refused.message };
  // One frame may speak of several devices: an electricity meter and the gas meter behind it.
  const same = observations.filter(
    ({ kind, device }) => kind === reading.kind && device === reading.device,
  );
  if (same.length === 0)
    return { agrees: false, detail: `the frame says nothing of device ${reading.device}` };
  const differences = same.map((observation) => firstDifference(reading, observation));
  return differences.includes(null)
    ? { agrees: true, detail: '' }
    : { agrees: false, detail: differences[0] as string };
};

/** Null when every field is the same: value, unit and the device's own code. */
function firstDifference(reading: Reading, { fields }: Observation): string | null {
  const names = new Set([...Object.keys(fields), ...reading.fields.map(({ name }) => name)]);
  for (const name of names) {
    const told = fields[name];
    const sealed = reading.fields.find((field) => field.name === name);
    const [toldText, sealedText] = [told, sealed].map(
      (field) => field && `${formatValue(field.value)} ${field.unit ?? ''} ${field.code ?? ''}`,
    );
    if (toldText !== sealedText)
      return `${name}: the device said ${toldText ?? 'nothing'}, the reading says ${sealedText ?? 'nothing'}`;
  }
  return null;
}
