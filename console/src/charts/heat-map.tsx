/** A confusion matrix as a table: true labels in rows, predicted ones in columns, shaded by the share of the row. */
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import type { Confusion } from "@/artifacts/graphs";
import "./charts.css";

export function HeatMap({ title, graph }: { readonly title: string; readonly graph: Confusion }) {
  const [shares, setShares] = useState(false);
  const totals = graph.matrix.map((row) => row.reduce((sum, one) => sum + one, 0));
  const all = totals.reduce((sum, one) => sum + one, 0);
  const right = graph.matrix.reduce((sum, row, at) => sum + row[at]!, 0);
  return (
    <section className="chart-card" aria-label={title}>
      <div className="chart-card-head">
        <h2 className="chart-card-name" title={title}>{title}</h2>
        <Toggle checked={shares} onChange={({ detail }) => setShares(detail.checked)}>Shares of the row</Toggle>
      </div>
      <div className="heat" tabIndex={0} role="region" aria-label={`${title} as a table`}>
        <table className="heat-map">
          <caption>{all === 0 ? "No predictions" : `${right.toLocaleString()} of ${all.toLocaleString()} right (${((100 * right) / all).toFixed(1)} %)`}</caption>
          <thead>
            <tr>
              <th scope="col">true \ predicted</th>
              {graph.labels.map((label, at) => <th key={at} scope="col">{label}</th>)}
            </tr>
          </thead>
          <tbody>
            {graph.matrix.map((row, at) => (
              <tr key={at}>
                <th scope="row">{graph.labels[at]}</th>
                {row.map((count, column) => {
                  const share = totals[at]! > 0 ? count / totals[at]! : 0;
                  return (
                    <td key={column} className={share > 0.55 ? "is-dark" : ""} style={{ background: `rgba(0, 75, 150, ${(share * 0.9).toFixed(3)})` }}>
                      {shares ? `${(100 * share).toFixed(1)} %` : count.toLocaleString()}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
