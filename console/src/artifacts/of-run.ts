/** The graphs that runs produced: artifacts of the lineage, whose objects hold JSON. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { objectText } from "@/api/client";
import { op } from "@/api/own";
import { readGraph, type Graph } from "@/artifacts/graphs";

const KINDS = new Set(["ROCCurve", "PrecisionRecallCurve", "ConfusionMatrix"]);
const MOST = 8_000_000;

interface Association {
  readonly DestinationArn: string;
  readonly DestinationType?: string;
  readonly DestinationName?: string;
}

export interface RunGraph {
  readonly run: string;
  readonly name: string;
  readonly graph: Graph;
}

/** Read every graph of a run. */
export async function graphsOf(run: string, arn: string, signal?: AbortSignal): Promise<readonly RunGraph[]> {
  const { AssociationSummaries: found } = await op<{ AssociationSummaries: readonly Association[] }>("ListAssociations", { SourceArn: arn, AssociationType: "Produced", MaxResults: 100 }, signal);
  const wanted = found.filter((one) => KINDS.has(one.DestinationType ?? ""));
  const read = await Promise.all(
    wanted.map(async (one): Promise<RunGraph | undefined> => {
      const artifact = await op<{ Source: { SourceUri: string } }>("DescribeArtifact", { ArtifactArn: one.DestinationArn }, signal);
      const { text } = await objectText(artifact.Source.SourceUri, MOST, signal).catch(() => ({ text: "" }));
      const graph = readGraph(text);
      return graph === undefined ? undefined : { run, name: one.DestinationName ?? graph.title, graph };
    }),
  );
  return read.filter((one) => one !== undefined).sort((one, two) => one.name.localeCompare(two.name));
}

export function useGraphs(run: string, arn: string) {
  return useQuery({ queryKey: ["graphs", arn], queryFn: ({ signal }) => graphsOf(run, arn, signal), staleTime: 30_000 });
}

/** The same of several runs, one after the other as they come. */
export function useGraphsOf(runs: readonly { readonly name: string; readonly arn: string }[]): readonly RunGraph[] {
  return useQueries({
    queries: runs.map(({ name, arn }) => ({ queryKey: ["graphs", arn], queryFn: ({ signal }: { readonly signal: AbortSignal }) => graphsOf(name, arn, signal), staleTime: 30_000 })),
    combine: (results) => results.flatMap((one) => one.data ?? []),
  });
}
