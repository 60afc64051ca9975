/** The drawing of the curve with uPlot: line, band, and the evidence state of each stretch of time. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Region } from '../live/progress.ts';
import type { Language } from '../strings/language.ts';
import { type CurveData, type Hole, lonelyPoints } from './curve-data.ts';
import { axisWidth, numberLabels, timeLabels } from './plot-labels.ts';
import { valueRange } from './value-range.ts';

const STRIP_HEIGHT = 7;
const HATCH_STEP = 9;
const TINT = 0.1;

export interface Plot {
  update(drawing: Drawing): void;
  /** Marks a time; null marks none. */
  mark(timeMs: number | null): void;
  destroy(): void;
}

/** What to draw; times in ms. */
export interface Drawing {
  readonly data: CurveData;
  readonly from: number;
  readonly to: number;
  readonly regions: readonly Region[];
  readonly holes: readonly Hole[];
}

export interface PlotLook {
  readonly language: Language;
  /** What flows is measured from nothing; a voltage or a register is not. */
  readonly fromZero: boolean;
}

export interface PlotHandlers {
  /** The pointer is over this time. */
  hover(timeMs: number): void;
  /** Clicked or tapped. */
  pick(timeMs: number): void;
}

export function createPlot(
  host: HTMLElement,
  { language, fromZero }: PlotLook,
  handlers: PlotHandlers,
): Plot {
  const style = getComputedStyle(host);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  let curve: CurveData[1] = [];
  let regions: readonly Region[] = [];
  let holes: readonly Hole[] = [];
  let limits = { min: 0, max: 1 };
  let marked: number | null = null;

  const edges = (plot: uPlot, from: number, to: number) => ({
    left: plot.valToPos(Math.max(from / 1000, limits.min), 'x', true),
    right: plot.valToPos(Math.min(to / 1000, limits.max), 'x', true),
  });
  const drawRegions = (strip: boolean) => (plot: uPlot) => {
    const { ctx, bbox } = plot;
    const height = strip ? STRIP_HEIGHT * devicePixelRatio : bbox.height;
    ctx.save();
    ctx.globalAlpha = strip ? 1 : TINT;
    for (const { stage, from, to } of regions) {
      const { left, right } = edges(plot, from, to);
      ctx.fillStyle = colour(stage);
      const top = strip ? bbox.top + bbox.height : bbox.top;
      ctx.fillRect(left, top, right - left, height);
    }
    ctx.restore();
  };
  /** Hatched, so that what is missing is as visible as what is there. */
  const drawHoles = (plot: uPlot) => {
    const { ctx, bbox } = plot;
    const step = HATCH_STEP * devicePixelRatio;
    for (const { from, to } of holes) {
      const { left, right } = edges(plot, from, to);
      if (right <= left) continue;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, bbox.top, right - left, bbox.height);
      ctx.clip();
      ctx.fillStyle = colour('panel');
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.strokeStyle = colour('waiting');
      ctx.globalAlpha = 0.55;
      ctx.lineWidth = devicePixelRatio;
      ctx.beginPath();
      for (let x = left - bbox.height; x < right; x += step) {
        ctx.moveTo(x, bbox.top + bbox.height);
        ctx.lineTo(x + bbox.height, bbox.top);
      }
      ctx.stroke();
      ctx.restore();
    }
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

  // The canvas knows no rem: the visitor's text size is read from the page.
  const textSize = 0.8125 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const axis = {
    stroke: colour('ink-2'),
    font: `${textSize}px ${style.fontFamily}`,
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1, size: 5 },
  };
  const empty: CurveData = [[], [], [], []];
  const plot = new uPlot(
    {
      ...sizeOf(host),
      legend: { show: false },
      padding: [12, 2 * textSize, 0, 0],
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 9 } },
      scales: {
        x: { time: true, range: () => [limits.min, limits.max] },
        y: { range: (_, low, high) => valueRange(low, high, fromZero) },
      },
      axes: [
        {
          ...axis,
          values: (_, splits) => timeLabels(splits, limits, language),
          space: 6 * textSize,
          size: 2.5 * textSize + STRIP_HEIGHT,
          gap: 5 + STRIP_HEIGHT,
          ticks: { show: false },
        },
        {
          ...axis,
          values: (_, splits) => numberLabels(splits, language),
          size: axisWidth(textSize),
          space: 3.4 * textSize,
        },
      ],
      series: [
        {},
        {
          stroke: colour('curve'),
          width: 1.75,
          points: { show: false, size: 5, filter: () => lonelyPoints(curve) },
        },
        { show: true, points: { show: false } },
        { show: true, points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: colour('band') }],
      hooks: {
        drawClear: [drawRegions(false)],
        draw: [drawRegions(true), drawHoles, drawMark],
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
    update(drawing) {
      ({ regions, holes } = drawing);
      limits = { min: drawing.from / 1000, max: drawing.to / 1000 };
      curve = drawing.data[1];
      plot.setData(drawing.data);
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
