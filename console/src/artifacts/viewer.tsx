/** What an artifact holds, shown as what it is: picture, graph, table, Markdown, text. Nothing of it is ever run. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { objectText, objectUrl } from "@/api/client";
import { DataTableView } from "@/artifacts/data-table";
import { readCsv, readGraph } from "@/artifacts/graphs";
import { TextView } from "@/artifacts/text-view";
import { strokes } from "@/charts/colours";
import { CurveChart } from "@/charts/curve-chart";
import { HeatMap } from "@/charts/heat-map";
import { Markdown } from "@/markdown/markdown";

const MOST = 2_000_000;
const TEXTS = /^text\/|json|xml|yaml|javascript|x-sh|toml|csv/;

export function isImage(type: string): boolean {
  return type.startsWith("image/");
}

export function Viewer({ name, uri, type }: { readonly name: string; readonly uri: string; readonly type: string }) {
  if (!uri.startsWith("s3://")) return <Box>It lies elsewhere: {/^https?:/.test(uri) ? <Link href={uri} external>{uri}</Link> : <span className="mono">{uri}</span>}</Box>;
  if (isImage(type)) return <img className="artifact-image" src={objectUrl(uri)} alt={name} />;
  if (type === "text/html") return <Box>A page of its own, which is not run here: <Link href={objectUrl(uri, true)}>download it</Link> and open it.</Box>;
  if (TEXTS.test(type)) return <Text name={name} uri={uri} type={type} />;
  return <Box>No preview for {type === "" ? "this type" : type}: <Link href={objectUrl(uri, true)}>download it</Link>.</Box>;
}

function Text({ name, uri, type }: { readonly name: string; readonly uri: string; readonly type: string }) {
  const found = useQuery({ queryKey: ["object", uri], queryFn: ({ signal }) => objectText(uri, MOST, signal), staleTime: 60_000 });
  if (found.error !== null) return <Alert type="error" header="The object cannot be read">{found.error.message}</Alert>;
  if (found.data === undefined) return <Spinner size="large" />;
  const { text, size, whole } = found.data;
  return (
    <SpaceBetween size="xs">
      {!whole && <Alert type="info">The first {MOST.toLocaleString()} of {size.toLocaleString()} bytes are shown: download it for all.</Alert>}
      {size === 0 ? <Box>It is empty.</Box> : <Content name={name} text={text} type={type} whole={whole} />}
    </SpaceBetween>
  );
}

function Content({ name, text, type, whole }: { readonly name: string; readonly text: string; readonly type: string; readonly whole: boolean }) {
  if (type.includes("json") && whole) {
    const graph = readGraph(text);
    if (graph?.kind === "Table") return <DataTableView table={graph} label={name} />;
    if (graph?.kind === "ConfusionMatrix") return <HeatMap title={graph.title || name} graph={graph} />;
    if (graph !== undefined) return <CurveChart title={graph.title || name} curves={[{ run: name, curve: graph }]} strokes={strokes([name])} />;
    return <TextView text={pretty(text)} label={name} />;
  }
  if (/csv|tab-separated/.test(type)) {
    const table = readCsv(text, type.includes("tab") ? "\t" : ",");
    if (table !== undefined) return <DataTableView table={table} label={name} />;
  }
  if (type === "text/markdown") return <Markdown source={text} />;
  return <TextView text={text} label={name} diff={/diff|patch/.test(type)} />;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
