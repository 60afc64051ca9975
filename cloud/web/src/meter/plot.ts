/** The drawing of the curve with uPlot: line, band, and the evidence state of each stretch of time. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Region } from '../live/progress.ts';
import type { Language } from '../strings/language.ts';
import type { CurveData } from './curve-data.ts';

const STRIP_HEIGHT = 7;
const TINT = 0.1;
const DAY_SECONDS = 86_400;

export interface Plot {
  /** `from` and `to` in ms. */
  update(data: CurveData, from: number, to: number, regions: readonly Region[]): void;
  /** Marks a time; null marks none. */
  mark(timeMs: number | null): void;
  destroy(): void;
}

export interface PlotHandlers {
  /** The pointer is over this time. */
  hover(timeMs: number): void;
  /** Clicked or tapped. */
  pick(timeMs: number): void;
}

export function createPlot(host: HTMLElement, language: Language, handlers: PlotHandlers): Plot {
  const style = getComputedStyle(host);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  let regions: readonly Region[] = [];
  let limits = { min: 0, max: 1 };
  let marked: number | null = null;

  const tint = (plot: uPlot, stage: string, from: number, to: number, strip: boolean) => {
    const { ctx, bbox } = plot;
    const left = plot.valToPos(Math.max(from, limits.min), 'x', true);
    const right = plot.valToPos(Math.min(to, limits.max), 'x', true);
    const height = STRIP_HEIGHT * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = colour(stage);
    ctx.globalAlpha = strip ? 1 : TINT;
    if (strip) ctx.fillRect(left, bbox.top + bbox.height - height, right - left, height);
    else ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.restore();
  };
  const drawRegions = (strip: boolean) => (plot: uPlot) => {
    for (const { stage, from, to } of regions) tint(plot, stage, from / 1000, to / 1000, strip);
  };
  const drawMark = (plot: uPlot) => {
    if (marked === null) return;
    const { ctx, bbox } = plot;
    const x = plot.valToPos(marked / 1000, 'x', true);
    ctx.save();
    ctx.strokeStyle = colour('ink');
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };

  const axis = {
    stroke: colour('ink-2'),
    font: `13px ${style.fontFamily}`,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1, size: 5 },
  };
  const empty: CurveData = [[], [], [], []];
  const plot = new uPlot(
    {
      ...sizeOf(host),
      legend: { show: false },
      padding: [12, 12, 0, 0],
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 9 } },
      scales: { x: { time: true, range: () => [limits.min, limits.max] } },
      axes: [
        {
          ...axis,
          values: (_, splits) => timeLabels(splits, limits, language),
          space: 64,
          size: 32,
        },
        {
          ...axis,
          values: (_, splits) => numberLabels(splits, language),
          size: axisWidth,
          space: 44,
        },
      ],
      series: [
        {},
        { stroke: colour('curve'), width: 1.75, points: { show: isLonely } },
        { show: true, points: { show: false } },
        { show: true, points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: colour('band') }],
      hooks: {
        drawClear: [drawRegions(false)],
        draw: [drawRegions(true), drawMark],
      },
    },
    empty,
    host,
  );

  const timeAt = (event: PointerEvent): number => {
    const left = event.clientX - plot.over.getBoundingClientRect().left;
    return plot.posToVal(left, 'x') * 1000;
  };
  plot.over.addEventListener('pointermove', (event) => handlers.hover(timeAt(event)));
  plot.over.addEventListener('pointerup', (event) => handlers.pick(timeAt(event)));
  const resizing = new ResizeObserver(() => plot.setSize(sizeOf(host)));
  resizing.observe(host);

  return {
    update(data, from, to, states) {
      regions = states;
      limits = { min: from / 1000, max: to / 1000 };
      plot.setData(data);
    },
    mark(timeMs) {
      marked = timeMs;
      plot.redraw(false, false);
    },
    destroy() {
      resizing.disconnect();
      plot.destroy();
    },
  };
}

const sizeOf = (host: HTMLElement) => ({ width: host.clientWidth, height: host.clientHeight });

/** Points are only drawn where a line cannot be: between two holes. */
function isLonely(_: uPlot, __: number, first: number, last: number): boolean {
  return last - first < 3;
}

/** Wide enough for the longest label. */
function axisWidth(_: uPlot, labels: string[] | null): number {
  const longest = Math.max(0, ...(labels ?? []).map((label) => label?.length ?? 0));
  return 18 + longest * 7.5;
}

const numberLabels = (splits: number[], language: Language): string[] =>
  splits.map((split) => new Intl.NumberFormat(language === 'sv' ? 'sv-SE' : 'en-GB').format(split));

/** Hours and minutes; days where a label falls on midnight or the range is long. */
function timeLabels(
  splits: number[],
  limits: { min: number; max: number },
  language: Language,
): string[] {
  const locale = language === 'sv' ? 'sv-SE' : 'en-GB';
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric' });
  const long = limits.max - limits.min > 2 * DAY_SECONDS;
  return splits.map((split) => {
    const time = new Date(split * 1000);
    const midnight = time.getHours() === 0 && time.getMinutes() === 0;
    return (long || midnight ? day : clock).format(time);
  });
}
