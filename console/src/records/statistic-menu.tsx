/** Which statistic each metric column shows. */
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { shortName } from "@/query/show";
import { isMetric, split, STATISTICS, withStatistic } from "@/records/statistics";
import { writeColumns, type State } from "@/records/state";

export function StatisticMenu({ state }: { readonly state: State }) {
  const metrics = state.columns.filter(isMetric);
  if (metrics.length === 0) return null;
  return (
    <ButtonDropdown
      expandableGroups
      items={[
        { id: "all", text: "All metrics", items: STATISTICS.map(([id, text]) => ({ id: `all ${id}`, text })) },
        ...metrics.map((column) => {
          const { metric, statistic } = split(column);
          return {
            id: column,
            text: shortName(metric),
            items: STATISTICS.map(([id, text]) => ({ id: `${id} ${column}`, text, itemType: "checkbox" as const, checked: id === statistic })),
          };
        }),
      ]}
      onItemClick={({ detail: { id } }) => {
        const cut = id.indexOf(" ");
        const [first, second] = [id.slice(0, cut), id.slice(cut + 1)];
        const columns = first === "all" && !isMetric(second) ? metrics.reduce((all, column) => withStatistic(all, column, second), state.columns) : withStatistic(state.columns, second, first);
        writeColumns(state, columns);
      }}
    >
      Statistic
    </ButtonDropdown>
  );
}
