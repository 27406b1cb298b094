/** A chart to go: as CSV, as PNG. */
import type uPlot from "uplot";
import { pictureOf, type Caption } from "@/charts/picture";
import { oddText, type Plot } from "@/charts/plot";

/** Write every point of a plot: x, and for each line its value; where a place is a bucket of points, its least and
 * greatest too, and what is no number among them. */
export function plotCsv(plot: Plot, xName: string, nameOf: (run: string, metric: string) => string): string {
  const heads = plot.lines.flatMap((line) => {
    const name = nameOf(line.run, line.metric);
    return line.low === undefined ? [name] : [name, `${name} min`, `${name} max`, ...(line.marks.length > 0 ? [`${name} not finite`] : [])];
  });
  const rows = plot.x.map((x, at) => {
    const cells = plot.lines.flatMap((line) => {
      const odd = oddText(line, at) ?? "";
      if (line.low === undefined) return [line.raw[at] ?? odd];
      return [line.raw[at] ?? "", line.low[at] ?? "", line.high![at] ?? "", ...(line.marks.length > 0 ? [odd.replaceAll(", ", " ")] : [])];
    });
    return [x, ...cells].join(",");
  });
  return [[xName, ...heads].map(quoted).join(","), ...rows, ""].join("\r\n");
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function saveText(name: string, content: string, type = "text/csv"): void {
  save(name, new Blob([content], { type }));
}

/** Save a chart with its title, the names of its axes and its legend. */
export function savePng(name: string, chart: uPlot, caption: Caption): void {
  pictureOf(chart, caption).toBlob((blob) => {
    if (blob !== null) save(name, blob);
  });
}

function save(name: string, blob: Blob): void {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name.replaceAll(/[/\\:*?"<>|]/g, "_");
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}
