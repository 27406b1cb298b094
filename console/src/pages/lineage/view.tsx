/** The lineage of one record: as a graph, or as a list. The record's own pages show it too. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Spinner from "@cloudscape-design/components/spinner";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useMemo, useState } from "react";
import { usePreview } from "@/app/split";
import { collapse, without, type Direction, type Graph, type Node } from "@/pages/lineage/graph";
import { GraphList } from "@/pages/lineage/list";
import { NodePanel } from "@/pages/lineage/node-panel";
import { useGraph } from "@/pages/lineage/use-graph";
import { Loaded } from "@/parts/loaded";

const Canvas = lazy(() => import("@/pages/lineage/canvas"));
/** With more nodes than this, siblings are drawn as one. */
const MANY = 200;

interface Props {
  readonly arn: string;
  readonly direction: Direction;
  readonly depth: number;
  readonly hidden?: ReadonlySet<string>;
  readonly asList?: boolean;
}

export function LineageView({ arn, direction, depth, hidden = new Set(), asList = false }: Props) {
  const found = useGraph(arn, direction, depth);
  return <Loaded of={found}>{(graph) => <Shown key={arn} graph={graph} arn={arn} hidden={hidden} asList={asList} />}</Loaded>;
}

function Shown({ graph, arn, hidden, asList }: { readonly graph: Graph; readonly arn: string; readonly hidden: ReadonlySet<string>; readonly asList: boolean }) {
  const [chosen, setChosen] = useState<Node>();
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const start = startOf(graph, arn);
  const filtered = useMemo(() => without(graph, hidden, start), [graph, hidden, start]);
  const many = filtered.nodes.length > MANY;
  const drawn = useMemo(() => (many ? collapse(filtered, expanded, start) : filtered), [filtered, expanded, start, many]);
  usePreview(chosen?.name, chosen === undefined ? undefined : <NodePanel node={chosen} graph={graph} />, () => setChosen(undefined));

  function choose(node: Node): void {
    if (node.members === undefined) setChosen(node);
    else setExpanded((before) => new Set([...before, node.id]));
  }
  if (graph.nodes.length <= 1) return <Box textAlign="center" padding="l">Nothing is known to have made this record, or to have been made of it.</Box>;
  return (
    <SpaceBetween size="s">
      {graph.cut && <Alert type="info">There is more than is shown: make the depth smaller, or begin elsewhere.</Alert>}
      {many && expanded.size > 0 && <Button onClick={() => setExpanded(new Set())}>Put siblings together again</Button>}
      {asList ? (
        <GraphList graph={filtered} choose={choose} />
      ) : (
        <Suspense fallback={<Spinner size="large" />}>
          <Canvas graph={drawn} start={start} chosen={chosen?.id} choose={choose} />
        </Suspense>
      )}
    </SpaceBetween>
  );
}

/** Lineage knows a job by its run, an endpoint by its context, a model by its artifact: the node of the asked record is
 * then the first one, as the server gives it. */
export function startOf(graph: Graph, arn: string): string {
  const same = graph.nodes.find((one) => one.id === arn);
  return same?.id ?? graph.nodes[0]?.id ?? arn;
}
