/** The numbers of a chart as a table: what a picture says to those who do not see it. */
import type { Axis } from "@/api/view";
import { oddText, type Plot } from "@/charts/plot";
import { axisTitle, placeText } from "@/charts/ticks";
import { showNumber } from "@/query/show";

const MOST = 500;

export function Figures({ plot, x, nameOf, label }: { readonly plot: Plot; readonly x: Axis; readonly nameOf: (run: string, metric: string) => string; readonly label: string }) {
  const shown = plot.x.slice(-MOST);
  const from = plot.x.length - shown.length;
  return (
    <div className="chart-card-body" tabIndex={0} role="region" aria-label={label}>
      <table className="figures" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{axisTitle(x)}</th>
            {plot.lines.map((line) => (
              <th scope="col" key={`${line.run}\n${line.metric}`}>{nameOf(line.run, line.metric)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {from > 0 && (
            <tr>
              <td colSpan={plot.lines.length + 1}>{from.toLocaleString()} rows before these: the CSV has all.</td>
            </tr>
          )}
          {shown.map((place, index) => {
            const at = from + index;
            return (
              <tr key={at}>
                <td>{x === "step" ? showNumber(place) : placeText(x, place)}</td>
                {plot.lines.map((line) => (
                  <td key={`${line.run}\n${line.metric}`}>{cell(line.raw[at], oddText(line, at))}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function cell(value: number | null | undefined, odd: string | undefined): string {
  return [typeof value === "number" ? showNumber(value) : undefined, odd].filter((one) => one !== undefined).join(", ");
}
