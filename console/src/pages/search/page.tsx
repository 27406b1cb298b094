import Box from "@cloudscape-design/components/box";
import Select from "@cloudscape-design/components/select";
import type { PageProps } from "@/app/routes";
import { KINDS, kindOf } from "@/records/kinds";
import { RecordSearch } from "@/records/record-search";
import { writeKind } from "@/records/state";

const FIRST_RUN = `from trialbook import Run

with Run("my-experiment") as run:
    run.log_parameter("lr", 0.1)
    run.log_metric("loss", 0.5, step=0)`;

export default function SearchPage({ params }: PageProps) {
  const kind = kindOf(params.get("resource"));
  return (
    <RecordSearch
      key={kind.resource}
      params={params}
      title="Search"
      actions={
        <Select
          selectedOption={{ value: kind.resource, label: kind.label }}
          options={KINDS.map((one) => ({ value: one.resource, label: one.label }))}
          onChange={({ detail }) => writeKind(detail.selectedOption.value ?? "run")}
          ariaLabel="What to search"
        />
      }
      empty={
        <Box textAlign="center">
          <Box variant="strong">No {kind.label.toLowerCase()} yet.</Box>
          {kind.resource === "run" && (
            <>
              <Box>This makes the first one:</Box>
              <pre className="mono program left" tabIndex={0}>{FIRST_RUN}</pre>
            </>
          )}
        </Box>
      }
    />
  );
}
