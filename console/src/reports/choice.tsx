/** Which report of a run is shown, and its pages as files. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { objectUrl } from "@/api/client";
import type { Report } from "@/api/reports";
import { change } from "@/app/router";
import { showTime } from "@/query/show";

const FILES = [
  ["html", "HTML"],
  ["pdf", "PDF"],
  ["ipynb", "Notebook"],
] as const;

export function Choose({ label, value, options, nameOf = (one) => one, onChange }: { readonly label: string; readonly value: string; readonly options: readonly string[]; readonly nameOf?: (value: string) => string; readonly onChange: (value: string) => void }) {
  const items = options.map((one) => ({ value: one, label: nameOf(one) }));
  return (
    <FormField label={label}>
      <Select selectedOption={{ value, label: nameOf(value) }} options={items} onChange={({ detail }) => onChange(detail.selectedOption.value ?? value)} />
    </FormField>
  );
}

export function ReportBar({ reports, chosen, children }: { readonly reports: readonly Report[]; readonly chosen: Report; readonly children?: ReactNode }) {
  return (
    <SpaceBetween direction="horizontal" size="l" alignItems="end">
      <Choose label="Report" value={chosen.name} options={reports.map((one) => one.name)} onChange={(name) => change({ report: name, facet: undefined, value: undefined, row: undefined }, "replace")} />
      {children}
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        {chosen.made !== null && <Box color="text-body-secondary">{showTime(chosen.made)}</Box>}
        {FILES.map(([kind, text]) => {
          const uri = chosen.files[kind];
          return uri === undefined ? null : <Button key={kind} iconName="download" href={objectUrl(uri, true)} download ariaLabel={`Download the report as ${text}`}>{text}</Button>;
        })}
      </SpaceBetween>
    </SpaceBetween>
  );
}

export function NoReports({ what, call }: { readonly what: string; readonly call: string }) {
  return (
    <Box textAlign="center" padding="l">
      <SpaceBetween size="xs">
        <Box variant="strong">This run has no {what} yet.</Box>
        <Box>A job of SageMakerClarifyProcessor within the run makes one, and so does this:</Box>
        <pre className="mono program left" tabIndex={0}>{call}</pre>
      </SpaceBetween>
    </Box>
  );
}
