/** The words along the axes. */
import type uPlot from 'uplot';
import type { Language } from '../strings/language.ts';

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;

/** Wide enough for the longest label. */
export const axisWidth =
  (textSize: number) =>
  (_: uPlot, labels: string[] | null): number => {
    const longest = Math.max(0, ...(labels ?? []).map((label) => label?.length ?? 0));
    return (1.4 + longest * 0.58) * textSize;
  };

export const numberLabels = (splits: number[], language: Language): string[] =>
  splits.map((split) => new Intl.NumberFormat(language === 'sv' ? 'sv-SE' : 'en-GB').format(split));

/** Hours and minutes, with seconds where labels are closer than a minute; days where a label falls on midnight or the range is long. */
export function timeLabels(
  splits: number[],
  limits: { min: number; max: number },
  language: Language,
): string[] {
  const locale = language === 'sv' ? 'sv-SE' : 'en-GB';
  const close = (splits[1] ?? Number.POSITIVE_INFINITY) - (splits[0] ?? 0) < MINUTE_SECONDS;
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    ...(close ? { second: '2-digit' } : {}),
  });
  const day = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric' });
  const long = limits.max - limits.min > 2 * DAY_SECONDS;
  return splits.map((split) => {
    const time = new Date(split * 1000);
    const midnight = time.getHours() === 0 && time.getMinutes() === 0;
    return (long || midnight ? day : clock).format(time);
  });
}
