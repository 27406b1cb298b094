/** What the page shows, to go: as a program, as a text of the grammar, as CSV, as a link. */
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { lazy, Suspense, useState } from "react";
import { place } from "@/api/client";
import { translate } from "@/api/own";
import type { Shown } from "@/records/program";
import type { Text } from "@/records/program-text";
import { whereOf, type State } from "@/records/state";

const CsvDownload = lazy(async () => ({ default: (await import("@/records/csv-download")).CsvDownload }));
const ProgramText = lazy(async () => ({ default: (await import("@/records/program-text")).ProgramText }));

interface Props {
  readonly state: State;
  readonly pinned: string;
  /** How many records there are, once it is known. */
  readonly total: number | undefined;
}

export function ExportMenu({ state, pinned, total }: Props) {
  const [saving, setSaving] = useState(false);
  const [text, setText] = useState<Text>();
  const { resource, sagemaker } = state.kind;
  const where = whereOf(state, pinned);
  const shown: Shown = { resource, where, sort: state.sort, columns: state.columns, limit: state.size, region: place.region };

  async function choose(id: string): Promise<void> {
    const { boto3Program, commandLine, sdkProgram } = await import("@/records/program");
    if (id === "sdk") setText({ title: "Python, with Trialbook's SDK", body: sdkProgram(shown) });
    if (id === "cli") setText({ title: "Command line", body: commandLine(shown) });
    if (id === "text") setText({ title: "Text of the search grammar", body: where, ...(where === "" ? { note: "There is no condition: an empty text finds everything." } : {}) });
    if (id === "link") setText({ title: "Link to this page", body: window.location.href });
    if (id === "boto3") {
      const told = await translate(where, resource);
      const note = told.problem === null ? {} : { note: `SageMaker's form cannot say this condition: ${told.problem} The program finds all records.` };
      setText({ title: "Python, with boto3 and pandas", body: boto3Program(shown, sagemaker ?? "ExperimentTrialComponent", told.expression ?? undefined), ...note });
    }
    if (id === "csv") setSaving(true);
  }

  return (
    <>
      <ButtonDropdown
        items={[
          { id: "sdk", text: "Copy as Python (trialbook)" },
          { id: "boto3", text: "Copy as Python (boto3, pandas)", disabled: sagemaker === undefined },
          { id: "cli", text: "Copy as command line" },
          { id: "text", text: "Copy as text" },
          { id: "link", text: "Copy link" },
          { id: "csv", text: total === undefined ? "Download CSV" : `Download CSV (${total.toLocaleString()} ${total === 1 ? "row" : "rows"})` },
        ]}
        onItemClick={({ detail }) => void choose(detail.id)}
      >
        Export
      </ButtonDropdown>
      {text !== undefined && <Suspense><ProgramText text={text} close={() => setText(undefined)} /></Suspense>}
      {saving && <Suspense><CsvDownload request={{ resource, where, sort: state.sort === "" ? [] : [state.sort], columns: state.columns }} close={() => setSaving(false)} /></Suspense>}
    </>
  );
}
