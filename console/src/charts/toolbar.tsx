/** How the charts of a page are drawn: axis, smoothing, logarithms, outliers, and which names. */
import { memo } from "react";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import Slider from "@cloudscape-design/components/slider";
import Toggle from "@cloudscape-design/components/toggle";
import type { Axis } from "@/api/view";
import { matcher } from "@/charts/names";
import { writeAxis, writeLog, writeOutliers, useZoom, writeSmooth, writeZoom, type ChartSettings } from "@/charts/settings";

interface Props {
  readonly settings: ChartSettings;
  /** Metrics that can be the axis. */
  readonly metrics: readonly string[];
  readonly find: string;
  readonly onFind: (text: string) => void;
}

const AXES: SelectProps.Option[] = [
  { value: "step", label: "Step" },
  { value: "time", label: "Time" },
  { value: "relative", label: "Time since start" },
  { value: "axis", label: "As the run declares" },
];
const MOST_METRICS = 200;

export const Toolbar = memo(Bar);

function Bar({ settings, metrics, find, onFind }: Props) {
  const own = metrics.slice(0, MOST_METRICS).map((name) => ({ value: `metric:${name}`, label: name }));
  const options: SelectProps.Options = own.length === 0 ? AXES : [...AXES, { label: "A metric", options: own }];
  const chosen = [...AXES, ...own].find((one) => one.value === settings.x) ?? { value: settings.x, label: settings.x.replace(/^metric:/, "") };
  const wrong = matcher(find) === undefined;
  return (
    <div className="chart-toolbar" role="group" aria-label="How charts are drawn">
      <FormField label="Metrics" errorText={wrong ? "That is no regular expression." : ""}>
        <Input value={find} onChange={({ detail }) => onFind(detail.value)} type="search" placeholder="Part of a name, train/*, or /regex/" ariaLabel="Find metrics" />
      </FormField>
      <FormField label="X axis">
        <Select selectedOption={chosen} options={options} filteringType={own.length > 10 ? "auto" : "none"} filteringAriaLabel="Find an axis" onChange={({ detail }) => writeAxis(detail.selectedOption.value as Axis)} ariaLabel="X axis" />
      </FormField>
      <FormField label={`Smoothing ${settings.smooth.toFixed(2)}`}>
        <Slider value={settings.smooth} min={0} max={0.99} step={0.01} hideFillLine tickMarks={false} referenceValues={[]} onChange={({ detail }) => writeSmooth(detail.value)} ariaLabel="Smoothing" />
      </FormField>
      <div className="chart-toggles">
        <Toggle checked={settings.logX} disabled={settings.x === "time"} onChange={({ detail }) => writeLog(detail.checked, settings.logY)}>Log x</Toggle>
        <Toggle checked={settings.logY} onChange={({ detail }) => writeLog(settings.logX, detail.checked)}>Log y</Toggle>
        <Toggle checked={!settings.outliers} onChange={({ detail }) => writeOutliers(!detail.checked)}>Ignore outliers</Toggle>
        <WholeAxis />
      </div>
    </div>
  );
}

function WholeAxis() {
  const [from, to] = useZoom();
  return from === undefined && to === undefined ? null : <Button iconName="undo" onClick={() => writeZoom(undefined)}>Whole axis</Button>;
}
