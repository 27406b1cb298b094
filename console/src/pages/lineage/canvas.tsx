/** The graph as a picture that can be moved, zoomed and walked through by keys. */
import "@xyflow/react/dist/style.css";
import "./lineage.css";
import { Background, Controls, Handle, MiniMap, Position, ReactFlow, type Node as FlowNode, type NodeProps } from "@xyflow/react";
import { useMemo } from "react";
import { isDark } from "@/app/theme";
import type { Graph, Node } from "@/pages/lineage/graph";
import { layout } from "@/pages/lineage/layout";

type Data = { readonly node: Node; readonly start: boolean };
type Box = FlowNode<Data, "record">;

function RecordNode({ data: { node, start } }: NodeProps<Box>) {
  return (
    <div className={`lineage-node lineage-${node.lineage}${start ? " lineage-start" : ""}${node.members === undefined ? "" : " lineage-cluster"}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className="lineage-type">{node.type}</span>
      <span className="lineage-name" title={node.name}>{node.name}</span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

const TYPES = { record: RecordNode };

interface Props {
  readonly graph: Graph;
  readonly start: string;
  readonly chosen: string | undefined;
  readonly choose: (node: Node) => void;
}

export default function Canvas({ graph, start, chosen, choose }: Props) {
  const places = useMemo(() => layout(graph.nodes.map((one) => one.id), graph.edges), [graph]);
  const nodes = graph.nodes.map((node): Box => ({
    id: node.id,
    type: "record",
    position: places.get(node.id)!,
    data: { node, start: node.id === start },
    selected: node.id === chosen,
    ariaLabel: `${node.type} ${node.name}`,
    width: 220,
    height: 48,
  }));
  const edges = graph.edges.map((one) => ({ id: `${one.source}|${one.target}|${one.label}`, source: one.source, target: one.target, focusable: false, ariaLabel: one.label }));
  return (
    <div className="lineage-canvas" role="region" aria-label={`Lineage graph: ${graph.nodes.length} records, ${graph.edges.length} connections`}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        colorMode={isDark() ? "dark" : "light"}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.1 }}
        minZoom={0.05}
        nodesDraggable={false}
        nodesConnectable={false}
        deleteKeyCode={null}
        onlyRenderVisibleElements={graph.nodes.length > 150}
        onNodeClick={(_event, node) => choose(node.data.node)}
        onSelectionChange={({ nodes: [first] }) => {
          if (first !== undefined && first.id !== chosen) choose((first as Box).data.node);
        }}
      >
        <Background />
        <Controls showInteractive={false} />
        {graph.nodes.length > 30 && <MiniMap pannable ariaLabel="Small map of the graph" />}
      </ReactFlow>
    </div>
  );
}
