/** The compared runs as lines over axes, or as points over two of them. */
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useMemo } from "react";
import { go, link } from "@/app/router";
import { useHighlighted } from "@/charts/highlight";
import { Parallel } from "@/charts/parallel";
import { Scatter } from "@/charts/scatter";
import { axesOf, firstAxes } from "@/pages/compare/columns";
import { joined, list, write } from "@/pages/compare/state";
import type { Attribute, Compared } from "@/pages/compare/use-compared";

interface Props {
  readonly compared: Compared;
  readonly params: URLSearchParams;
}

const NOTHING = <Box textAlign="center" padding="l">The runs have no parameters or metrics that could be an axis.</Box>;

export function ParallelView({ compared, params }: Props) {
  const lit = useHighlighted();
  const { names, attributes } = compared;
  const axes = axesOf(attributes);
  const asked = params.get("axes");
  const chosen = asked === null ? firstAxes(attributes) : list(asked);
  const key = chosen.join("\n");
  const columns = useMemo(() => key.split("\n").flatMap((name) => attributes.filter((one) => one.name === name)), [key, attributes]);
  const colour = params.get("colour") ?? columns.findLast((one) => one.type === "number")?.name;
  if (axes.length === 0) return NOTHING;
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="m">
        <FormField label="Axes">
          <Multiselect
            selectedOptions={columns.map((one) => ({ value: one.name, label: one.name }))}
            options={axes.slice(0, 1000).map((one) => ({ value: one.name, label: one.name }))}
            onChange={({ detail }) => write({ axes: joined(detail.selectedOptions.map((one) => one.value ?? "")) })}
            filteringType="auto"
            filteringAriaLabel="Find an axis"
            tokenLimit={4}
            ariaLabel="Axes"
            deselectAriaLabel={(one) => `Take ${one.label ?? ""} away`}
          />
        </FormField>
        <Choice label="Colour" param="colour" value={colour} of={columns} />
      </SpaceBetween>
      {columns.length === 0 ? NOTHING : <Parallel names={names} columns={columns} colour={colour} lit={lit} />}
    </SpaceBetween>
  );
}

export function ScatterView({ compared, params }: Props) {
  const lit = useHighlighted();
  const { names, attributes } = compared;
  const axes = axesOf(attributes);
  const first = firstAxes(attributes);
  const named = (param: string, otherwise: string | undefined): Attribute | undefined => attributes.find((one) => one.name === (params.get(param) ?? otherwise));
  const x = named("sx", first[0]);
  const y = named("sy", first.at(-1));
  const colour = named("colour", undefined);
  if (x === undefined || y === undefined) return NOTHING;
  const log = params.get("slog") ?? "";
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="m" alignItems="end">
        <Choice label="X" param="sx" value={x.name} of={axes} />
        <Choice label="Y" param="sy" value={y.name} of={axes} />
        <Choice label="Colour" param="colour" value={colour?.name} of={axes} none />
        <Toggle checked={log.includes("x")} onChange={({ detail }) => write({ slog: `${detail.checked ? "x" : ""}${log.includes("y") ? "y" : ""}` })}>Log x</Toggle>
        <Toggle checked={log.includes("y")} onChange={({ detail }) => write({ slog: `${log.includes("x") ? "x" : ""}${detail.checked ? "y" : ""}` })}>Log y</Toggle>
      </SpaceBetween>
      <Scatter names={names} x={x} y={y} colour={colour} logX={log.includes("x")} logY={log.includes("y")} lit={lit} onOpen={(name) => go(link(["runs", name]))} />
    </SpaceBetween>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly param: string;
  readonly value: string | undefined;
  readonly of: readonly Attribute[];
  readonly none?: boolean;
}

function Choice({ label, param, value, of, none = false }: ChoiceProps) {
  const options = of.slice(0, 1000).map((one) => ({ value: one.name, label: one.name }));
  return (
    <FormField label={label}>
      <Select
        selectedOption={value === undefined ? { value: "", label: "None" } : { value, label: value }}
        options={none ? [{ value: "", label: "None" }, ...options] : options}
        filteringType={options.length > 10 ? "auto" : "none"}
        filteringAriaLabel={`Find ${label}`}
        onChange={({ detail }) => write({ [param]: detail.selectedOption.value })}
        ariaLabel={label}
      />
    </FormField>
  );
}
