/** A run's artifacts of one side: what there is, and what is in the chosen one; its history over steps by a slider. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import Slider from "@cloudscape-design/components/slider";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState, type ReactNode } from "react";
import "@/artifacts/artifacts.css";
import { objectUrl } from "@/api/client";
import { change } from "@/app/router";
import { Viewer } from "@/artifacts/viewer";
import { withHistory, type Kept } from "@/pages/run/history";
import type { Artifact } from "@/pages/run/record";

interface Props {
  readonly artifacts: Readonly<Record<string, Artifact>>;
  readonly params: URLSearchParams;
  readonly title: string;
  readonly empty: ReactNode;
}

export function ArtifactList({ artifacts, params, title, empty }: Props) {
  const all = withHistory(artifacts);
  const chosen = all.find((one) => one.name === params.get("artifact")) ?? all[0];
  if (chosen === undefined) return <Box textAlign="center" padding="l">{empty}</Box>;
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, m: 4 } }, { colspan: { default: 12, m: 8 } }]}>
      <Table<Kept>
        variant="container"
        trackBy="name"
        items={all}
        selectionType="single"
        selectedItems={[chosen]}
        onSelectionChange={({ detail }) => change({ artifact: detail.selectedItems[0]?.name }, "replace")}
        onRowClick={({ detail }) => change({ artifact: detail.item.name }, "replace")}
        header={<Header variant="h2" counter={`(${all.length})`}>{title}</Header>}
        ariaLabels={{ tableLabel: title, selectionGroupLabel: "Choose what is shown", itemSelectionLabel: (_data, one) => one.name }}
        columnDefinitions={[
          { id: "name", header: "Name", cell: (one) => one.name, isRowHeader: true },
          { id: "type", header: "Type", cell: (one) => one.versions.at(-1)!.type || "–" },
          { id: "steps", header: "Steps", cell: (one) => (one.versions.length > 1 ? one.versions.length : "") },
        ]}
      />
      <Preview key={chosen.name} kept={chosen} />
    </Grid>
  );
}

function Preview({ kept }: { readonly kept: Kept }) {
  const [at, setAt] = useState(kept.versions.length - 1);
  const shown = kept.versions[Math.min(at, kept.versions.length - 1)]!;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={<CopyToClipboard variant="inline" textToCopy={shown.uri} textToDisplay={shown.uri} copySuccessText="Copied" copyErrorText="Not copied" copyButtonAriaLabel="Copy the address" />}
          actions={shown.uri.startsWith("s3://") && <Button href={objectUrl(shown.uri, true)} iconName="download" download>Download</Button>}
        >
          {kept.name}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {kept.versions.length > 1 && (
          <FormField label={`Step ${shown.step ?? "–"}`}>
            <Slider value={at} min={0} max={kept.versions.length - 1} step={1} onChange={({ detail }) => setAt(detail.value)} ariaLabel="Step" valueFormatter={(place) => String(kept.versions[place]?.step ?? "")} hideFillLine />
          </FormField>
        )}
        <Viewer name={kept.name} uri={shown.uri} type={shown.type} />
      </SpaceBetween>
    </Container>
  );
}
