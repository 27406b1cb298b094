import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import type { PageProps } from "@/app/routes";
import { change } from "@/app/router";
import { DIRECTIONS, type Direction } from "@/pages/lineage/graph";
import { startOf, LineageView } from "@/pages/lineage/view";
import { useGraph } from "@/pages/lineage/use-graph";
import { kindOf } from "@/records/kinds";
import { RecordSearch } from "@/records/record-search";

const DEPTHS = ["1", "2", "3", "4", "5"];
const WORDS: Readonly<Record<Direction, string>> = { Both: "Both ways", Ascendants: "What it was made of", Descendants: "What was made of it" };

export default function LineagePage({ params }: PageProps) {
  const arn = params.get("arn") ?? "";
  const direction = DIRECTIONS.find((one) => one === params.get("dir")) ?? "Both";
  const depth = DEPTHS.includes(params.get("depth") ?? "") ? params.get("depth")! : "3";
  const asList = params.get("view") === "list";
  const hide = params.get("hide") ?? "";
  const hidden = useMemo(() => new Set(hide.split(",").filter((one) => one !== "")), [hide]);
  const graph = useGraph(arn, direction, Number(depth)).data;
  if (arn === "") return <Begin params={params} />;
  const types = [...new Set((graph?.nodes ?? []).map((one) => one.type))].sort();
  const start = graph?.nodes.find((one) => one.id === startOf(graph, arn));
  return (
    <SpaceBetween size="m">
      <Header variant="h1" description={arn} actions={<Button href="#/lineage">Begin elsewhere</Button>}>
        Lineage{start === undefined ? "" : ` of ${start.name}`}
      </Header>
      <SpaceBetween direction="horizontal" size="m" alignItems="end">
        <FormField label="Direction">
          <Select selectedOption={{ value: direction, label: WORDS[direction] }} options={DIRECTIONS.map((value) => ({ value, label: WORDS[value] }))} onChange={({ detail }) => change({ dir: detail.selectedOption.value })} />
        </FormField>
        <FormField label="Depth">
          <Select selectedOption={{ value: depth, label: depth }} options={DEPTHS.map((value) => ({ value, label: value }))} onChange={({ detail }) => change({ depth: detail.selectedOption.value })} />
        </FormField>
        <FormField label="Types">
          <Multiselect
            selectedOptions={types.filter((one) => !hidden.has(one)).map((value) => ({ value, label: value }))}
            options={types.map((value) => ({ value, label: value }))}
            hideTokens
            placeholder={`${types.length - types.filter((one) => hidden.has(one)).length} of ${types.length}`}
            onChange={({ detail }) => change({ hide: types.filter((one) => detail.selectedOptions.every((each) => each.value !== one)).join(",") })}
          />
        </FormField>
        <SegmentedControl label="Show as" selectedId={asList ? "list" : "graph"} options={[{ id: "graph", text: "Graph" }, { id: "list", text: "List" }]} onChange={({ detail }) => change({ view: detail.selectedId === "list" ? "list" : undefined })} />
      </SpaceBetween>
      <LineageView arn={arn} direction={direction} depth={Number(depth)} hidden={hidden} asList={asList} />
    </SpaceBetween>
  );
}

/** Where to begin: a record by its ARN, or one of the artifacts. */
function Begin({ params }: { readonly params: URLSearchParams }) {
  const [arn, setArn] = useState("");
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h1" description="From what a record was made, and what was made of it. Begin with an artifact below, from the page of a run, a job, a model or an endpoint, or here by an ARN.">Lineage</Header>}>
        <form onSubmit={(event) => { event.preventDefault(); if (arn.trim() !== "") change({ arn: arn.trim() }); }}>
          <FormField label="ARN" secondaryControl={<Button disabled={arn.trim() === ""}>Show lineage</Button>}>
            <Input value={arn} onChange={({ detail }) => setArn(detail.value)} placeholder="arn:aws:sagemaker:…" />
          </FormField>
        </form>
      </Container>
      <RecordSearch params={params} kind={kindOf("artifact")} title="Artifacts" variant="container" empty="No artifacts yet: runs and jobs make them of their data and models." />
    </SpaceBetween>
  );
}
