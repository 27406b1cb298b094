/** What is known of one record in the graph, and the ways on from it. */
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { op } from "@/api/client";
import { link } from "@/app/router";
import { lastPart, type Graph, type Node } from "@/pages/lineage/graph";
import { Copied, Facts, type Fact } from "@/parts/facts";
import { Failure } from "@/parts/failure";
import { When } from "@/parts/when";

interface Described {
  readonly Source?: { readonly SourceUri?: string; readonly SourceArn?: string; readonly SourceType?: string; readonly SourceTypes?: readonly { readonly Value: string }[] };
  readonly Properties?: Readonly<Record<string, string>>;
  readonly Status?: string | { readonly PrimaryStatus?: string };
  readonly CreationTime?: number;
  readonly Description?: string;
}

const DESCRIBE: Readonly<Record<string, (arn: string) => readonly [string, object]>> = {
  artifact: (arn) => ["DescribeArtifact", { ArtifactArn: arn }],
  action: (arn) => ["DescribeAction", { ActionName: lastPart(arn) }],
  context: (arn) => ["DescribeContext", { ContextName: lastPart(arn) }],
  "experiment-trial-component": (arn) => ["DescribeTrialComponent", { TrialComponentName: lastPart(arn) }],
};

export function NodePanel({ node, graph }: { readonly node: Node; readonly graph: Graph }) {
  const kind = /:([a-z-]+)\/[^:]*$/.exec(node.id)?.[1] ?? "";
  const asked = DESCRIBE[kind]?.(node.id);
  const found = useQuery({ queryKey: ["lineage-node", node.id], queryFn: ({ signal }) => op<Described>(asked![0], asked![1], signal), enabled: asked !== undefined });
  const told = found.data;
  const source = told?.Source?.SourceUri ?? told?.Source?.SourceArn;
  const page = pageOfNode(node.id, source);
  const status = typeof told?.Status === "string" ? told.Status : told?.Status?.PrimaryStatus;
  const facts: Fact[] = [
    { label: "Type", value: `${node.type} (${node.lineage})` },
    { label: "Status", value: status },
    { label: "Source", value: source === undefined ? undefined : <Copied text={source} /> },
    { label: "Created", value: told?.CreationTime === undefined ? undefined : <When at={told.CreationTime} /> },
    { label: "Description", value: told?.Description },
    { label: "ARN", value: <Copied text={node.id} /> },
    ...Object.entries(told?.Properties ?? {}).map(([label, value]) => ({ label, value })),
  ];
  const nameOf = (id: string) => graph.nodes.find((one) => one.id === id)?.name ?? lastPart(id);
  const ways = (title: string, list: readonly { readonly id: string; readonly label: string }[]): Fact => ({
    label: title,
    value: list.length === 0 ? undefined : list.slice(0, 20).map(({ id, label }) => <div key={id + label}><Link href={link(["lineage"], { arn: id })}>{nameOf(id)}</Link> ({label})</div>),
  });
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="xs">
        {page !== undefined && <Button href={page}>Open its page</Button>}
        <Button href={link(["lineage"], { arn: node.id })}>Begin here</Button>
      </SpaceBetween>
      {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
      <Facts columns={1} items={[...facts, ways("Made of", graph.edges.filter((one) => one.target === node.id).map((one) => ({ id: one.source, label: one.label }))), ways("Made into", graph.edges.filter((one) => one.source === node.id).map((one) => ({ id: one.target, label: one.label })))]} />
    </SpaceBetween>
  );
}

const PAGES: Readonly<Record<string, readonly string[]>> = {
  "experiment-trial-component": ["runs"],
  experiment: ["experiments"],
  endpoint: ["endpoints"],
  model: ["models"],
  "model-package": ["model-packages"],
  "training-job": ["jobs", "training-job"],
  "processing-job": ["jobs", "processing-job"],
  "transform-job": ["jobs", "transform-job"],
};

/** The console's page of a node: of itself, or of the record that it stands for. */
export function pageOfNode(arn: string, source: string | undefined): string | undefined {
  for (const one of [source, arn]) {
    const found = one === undefined ? null : /^arn:[^:]+:sagemaker:[^:]*:[^:]*:([a-z-]+)\/(.+)$/.exec(one);
    const page = found === null ? undefined : PAGES[found[1]!];
    if (page !== undefined) return link([...page, ...found![2]!.split("/")]);
  }
  return undefined;
}
