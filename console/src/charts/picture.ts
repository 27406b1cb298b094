/** A chart as a picture that stands for itself: its title, the names of its axes, and which line is which. */
import type uPlot from "uplot";
import { isDark } from "@/app/theme";
import type { Stroke } from "@/charts/colours";

export interface Caption {
  readonly title: string;
  /** What is up its y axis; the x axis has its name in the chart. */
  readonly yTitle: string;
  readonly legend: readonly LegendItem[];
}

export interface LegendItem {
  readonly text: string;
  readonly stroke: Stroke;
}

interface Placed {
  readonly item: LegendItem;
  readonly left: number;
  readonly row: number;
}

const MOST = 60;
const HEAD = 34;
const SIDE = 22;
const ROW = 20;
const SIGN = 24;
const GAP = 16;
const EDGE = 12;
const FONT = "12px sans-serif";

/** Place the items of a legend in rows of a width; what is beyond 60 items is counted in `more`. */
export function legendRows(legend: readonly LegendItem[], width: number, widthOf: (text: string) => number): { readonly placed: readonly Placed[]; readonly rows: number; readonly more: number } {
  const placed: Placed[] = [];
  let [left, row] = [0, 0];
  for (const item of legend.slice(0, MOST)) {
    const size = SIGN + widthOf(item.text);
    if (left > 0 && left + size > width) [left, row] = [0, row + 1];
    placed.push({ item, left, row });
    left += size + GAP;
  }
  const more = Math.max(0, legend.length - MOST);
  return { placed, rows: legend.length === 0 ? 0 : row + 1 + (more > 0 ? 1 : 0), more };
}

/** Draw a chart as it is seen, on the page's ground, with its caption around it. */
export function pictureOf(chart: uPlot, { title, yTitle, legend }: Caption): HTMLCanvasElement {
  const from = chart.ctx.canvas;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d")!;
  context.font = FONT;
  const scale = devicePixelRatio;
  const [width, height] = [from.width / scale + SIDE + EDGE, from.height / scale];
  const { placed, rows, more } = legendRows(legend, width - 2 * EDGE, (text) => context.measureText(text).width);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round((HEAD + height + rows * ROW + EDGE) * scale);
  const dark = isDark();
  context.fillStyle = dark ? "#0f1b2a" : "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.drawImage(from, SIDE, HEAD, from.width / scale, height);
  const ink = dark ? "#e9ebed" : "#16191f";
  context.fillStyle = ink;
  context.font = "bold 14px sans-serif";
  context.fillText(title, EDGE, 22, width - 2 * EDGE);
  context.font = FONT;
  context.save();
  context.translate(16, HEAD + height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.fillText(yTitle, 0, 0, height);
  context.restore();
  const base = (row: number): number => HEAD + height + row * ROW + 14;
  for (const { item, left, row } of placed) {
    context.strokeStyle = item.stroke.colour;
    context.lineWidth = 2;
    context.setLineDash([...item.stroke.dash]);
    context.beginPath();
    context.moveTo(EDGE + left, base(row) - 4);
    context.lineTo(EDGE + left + SIGN - 6, base(row) - 4);
    context.stroke();
    context.fillText(item.text, EDGE + left + SIGN, base(row), width - 2 * EDGE - SIGN);
  }
  if (more > 0) context.fillText(`and ${more.toLocaleString()} more`, EDGE, base(rows - 1));
  return canvas;
}
