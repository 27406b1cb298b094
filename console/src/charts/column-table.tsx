/** Records of a chart as a table. */
import type { Column } from "@/charts/axes";
import { show } from "@/query/show";

const MOST = 500;

export function ColumnTable({ names, columns, label }: { readonly names: readonly string[]; readonly columns: readonly Column[]; readonly label: string }) {
  return (
    <div className="chart-card-body" tabIndex={0} role="region" aria-label={label}>
      <table className="figures" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            {columns.map((one) => <th key={one.name} scope="col">{one.name}</th>)}
          </tr>
        </thead>
        <tbody>
          {names.slice(0, MOST).map((name, at) => (
            <tr key={name}>
              <td>{name}</td>
              {columns.map((one) => <td key={one.name}>{show(one.cells[at], one.type)}</td>)}
            </tr>
          ))}
          {names.length > MOST && <tr><td colSpan={columns.length + 1}>and {(names.length - MOST).toLocaleString()} more</td></tr>}
        </tbody>
      </table>
    </div>
  );
}
