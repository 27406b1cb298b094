/** The filter: properties as they are typed, with their types, and values with how many records have each. */
import PropertyFilter, { type PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type FormEvent } from "react";
import { properties, values, type Property, type Type, type Values } from "@/api/own";
import { show } from "@/query/show";
import { fromQuery, toFilteringProperty, toQuery, used } from "@/query/tokens";
import { asks, type Asked } from "@/query/typed";
import { writeFilter, type State } from "@/records/state";

const MOST_PROPERTIES = 100;
const MOST_VALUES = 50;

export function FilterBar({ state, total, pinned }: { readonly state: State; readonly total: number | undefined; readonly pinned: string }) {
  const [asked, setAsked] = useState<Asked>({ property: undefined, text: "" });
  const { resource } = state.kind;
  const label = `Find ${state.kind.label.toLowerCase()}`;
  const ask = (next: Asked) => setAsked((before) => (before.property === next.property && before.text === next.text ? before : next));

  const found = useQuery({
    queryKey: ["properties", resource, asked.property === undefined ? asked.text : "", pinned],
    queryFn: ({ signal }) => properties(resource, asked.property === undefined ? asked.text : "", MOST_PROPERTIES, pinned, signal),
    placeholderData: (before) => before,
    staleTime: 10_000,
  });
  const choices = useQuery({
    queryKey: ["values", resource, asked.property, asked.text, pinned],
    queryFn: ({ signal }) => values(resource, asked.property!, asked.text, MOST_VALUES, pinned, signal),
    enabled: asked.property !== undefined,
    staleTime: 10_000,
  });

  const known = useMemo(() => {
    const list: Property[] = [...(found.data ?? [])];
    // A property that a condition uses stays known, or its token would lose its name.
    for (const name of used(state.filter)) {
      if (!list.some((one) => one.name === name)) list.push({ name, type: "mixed", group: "Used", count: 0 });
    }
    return list;
  }, [found.data, state.filter]);

  const filteringProperties = useMemo(() => known.map(toFilteringProperty), [known]);

  // The component tells what is typed a fifth of a second later; the field itself tells it at once.
  const hear = ({ target }: FormEvent) => {
    if (target instanceof HTMLInputElement && target.getAttribute("aria-label") === label) ask(asks(target.value, filteringProperties));
  };

  const options: PropertyFilterProps.FilteringOption[] =
    asked.property === undefined || choices.data === undefined
      ? []
      : choices.data.values.map(({ value, count }) => ({
          propertyKey: asked.property!,
          value: show(value, undefined),
          label: `${show(value, choices.data.type)}`,
          tags: [`${count}`],
        }));

  const range = choices.data?.range;
  const hint =
    asked.property !== undefined && choices.data !== undefined
      ? [
          range === null || range === undefined ? `${choices.data.distinct} values` : spread(range, choices.data.type),
          `${choices.data.count} with`,
          `${choices.data.missing} without`,
        ].join(", ")
      : "";

  return (
    <div onInput={hear}>
      <PropertyFilter
        query={toQuery(state.filter)}
        onChange={({ detail }) => writeFilter(fromQuery(detail))}
        filteringProperties={filteringProperties}
        filteringOptions={options}
        enableTokenGroups
        asyncProperties
        virtualScroll
        expandToViewport
        filteringAriaLabel={label}
        filteringPlaceholder="Property, value, or any words"
        filteringStatusType={found.isFetching || choices.isFetching ? "loading" : found.isError || choices.isError ? "error" : "finished"}
        filteringLoadingText="Looking"
        filteringErrorText="The server did not answer."
        filteringFinishedText={hint}
        filteringEmpty="Nothing like that: it is searched as words."
        onLoadItems={({ detail }) => ask({ property: detail.filteringProperty?.key, text: detail.filteringText })}
        countText={total === undefined ? "" : `${total.toLocaleString()} ${total === 1 ? "match" : "matches"}`}
        customGroupsText={[]}
      />
    </div>
  );
}

/** How numbers are spread: from the least to the greatest, and where the middle half lies. */
function spread({ min, max, quantiles }: NonNullable<Values["range"]>, type: Type): string {
  const [low, middle, high] = ["0.25", "0.5", "0.75"].map((at) => quantiles[at]);
  const whole = `${show(min, type)} – ${show(max, type)}`;
  if (low === undefined || middle === undefined || high === undefined) return whole;
  return `${whole}, half of them ${show(low, type)} – ${show(high, type)}, median ${show(middle, type)}`;
}
