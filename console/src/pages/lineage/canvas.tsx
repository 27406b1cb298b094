/** The graph as a picture that can be moved, zoomed and walked through by keys. */
import "@xyflow/react/dist/style.css";
import "./lineage.css";
import Icon from "@cloudscape-design/components/icon";
import { Background, Controls, Handle, MarkerType, MiniMap, Position, ReactFlow, type Node as FlowNode, type NodeProps, type ReactFlowInstance } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { useDark } from "@/app/theme";
import { useWidth } from "@/charts/canvas";
import { FAMILIES, familyOf, inLines, shortened } from "@/pages/lineage/families";
import type { Graph, Node } from "@/pages/lineage/graph";
import { layout, type Place } from "@/pages/lineage/layout";
import { beside } from "@/pages/lineage/walk";

interface Data extends Record<string, unknown> {
  readonly node: Node;
  readonly start: boolean;
  readonly chosen: boolean;
  /** Whether Tab stops here: at one node of the graph, from which the arrow keys go on. */
  readonly stop: boolean;
  readonly most: number;
  readonly focus: (id: string) => void;
  readonly press: (event: KeyboardEvent, node: Node) => void;
}
type Box = FlowNode<Data, "record">;

function RecordNode({ data: { node, start, chosen, stop, most, focus, press } }: NodeProps<Box>) {
  const family = familyOf(node);
  const classes = ["lineage-node", `lineage-${family.id}`, start && "lineage-start", chosen && "lineage-chosen", node.members !== undefined && "lineage-cluster"];
  return (
    <div
      className={classes.filter(Boolean).join(" ")}
      role="button"
      tabIndex={stop ? 0 : -1}
      data-node={node.id}
      title={node.name}
      aria-label={`${node.type} ${node.name}`}
      onFocus={() => focus(node.id)}
      onKeyDown={(event) => press(event, node)}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span className="lineage-type"><Icon name={family.icon} size="small" /> {node.type}</span>
      <span className="lineage-name">{inLines(shortened(node.name, most), most).map((line) => <span key={line} className="lineage-line">{line}</span>)}</span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

const TYPES = { record: RecordNode };
const GAP = 48;
const HEIGHT = 66;
const NARROW = 160;
const BROAD = 250;
/** Pixels of a node's width that are not for its name, and those of a letter; a name has two lines. */
const BESIDE = 24;
const LETTER = 7.9;
/** Smaller than this, names cannot be read. */
const SMALLEST = 0.8;

interface Props {
  readonly graph: Graph;
  readonly start: string;
  readonly chosen: string | undefined;
  readonly choose: (node: Node) => void;
}

export default function Canvas(props: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const { graph } = props;
  const families = FAMILIES.filter(({ id }) => graph.nodes.some((one) => familyOf(one).id === id));
  return (
    <div>
      <ul className="lineage-legend" aria-label="Kinds">
        {families.map(({ id, icon, text }) => <li key={id} className={`lineage-${id}`}><Icon name={icon} size="small" /> {text}</li>)}
        <li className="lineage-way">From left to right: what was made of what</li>
      </ul>
      <div ref={holder} className="lineage-canvas" data-arrows role="region" aria-label={`Lineage graph: ${graph.nodes.length} records, ${graph.edges.length} connections`}>
        {width > 0 && <Flow {...props} width={width} holder={holder} />}
      </div>
    </div>
  );
}

function Flow({ graph, start, chosen, choose, width, holder }: Props & { readonly width: number; readonly holder: RefObject<HTMLDivElement | null> }) {
  const flow = useRef<ReactFlowInstance<Box>>(undefined);
  const dark = useDark();
  const [stop, setStop] = useState(start);
  const wanted = useRef<string>(undefined);
  const [places, broad] = useMemo(() => placed(graph, width), [graph, width]);
  const stopped = places.has(stop) ? stop : graph.nodes[0]!.id;

  useEffect(() => {
    if (wanted.current === undefined) return;
    const element = document.querySelector<HTMLElement>(`[data-node="${CSS.escape(wanted.current)}"]`);
    if (element !== null) element.focus({ preventScroll: true });
    wanted.current = undefined;
  });

  useEffect(fit, [places]);

  /** Fit the width, as far as names can be read; what is higher than the picture is shown around where it begins. */
  function fit(): void {
    const height = holder.current?.clientHeight ?? 0;
    const all = [...places.values()];
    const [left, right] = [Math.min(...all.map(({ x }) => x)), Math.max(...all.map(({ x }) => x)) + broad];
    const [top, bottom] = [Math.min(...all.map(({ y }) => y)), Math.max(...all.map(({ y }) => y)) + HEIGHT];
    const zoom = Math.min(1, Math.max(SMALLEST, (width - 20) / (right - left)));
    const begin = places.get(start) ?? all[0]!;
    const x = (right - left) * zoom <= width ? (left + right) / 2 : begin.x + broad / 2;
    const y = (bottom - top) * zoom <= height ? (top + bottom) / 2 : begin.y + HEIGHT / 2;
    void flow.current?.setViewport({ x: width / 2 - x * zoom, y: height / 2 - y * zoom, zoom });
  }
  function press(event: KeyboardEvent, node: Node): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") choose(node);
    else {
      const next = beside(event.key, node.id, places, graph.edges);
      if (next === undefined && !event.key.startsWith("Arrow")) return;
      if (next !== undefined) {
        wanted.current = next;
        setStop(next);
        show(next);
      }
    }
    event.preventDefault();
    event.stopPropagation();
  }
  /** Move the picture where a node is not wholly in it. */
  function show(id: string): void {
    const now = flow.current?.getViewport();
    const picture = holder.current;
    if (now === undefined || picture === null) return;
    const { x, y } = places.get(id)!;
    const [left, top] = [x * now.zoom + now.x, y * now.zoom + now.y];
    if (left >= 0 && top >= 0 && left + broad * now.zoom <= picture.clientWidth && top + HEIGHT * now.zoom <= picture.clientHeight) return;
    void flow.current?.setCenter(x + broad / 2, y + HEIGHT / 2, { zoom: now.zoom });
  }
  const nodes = graph.nodes.map((node): Box => ({
    id: node.id,
    type: "record",
    position: places.get(node.id)!,
    data: { node, start: node.id === start, chosen: node.id === chosen, stop: node.id === stopped, most: 2 * Math.floor((broad - BESIDE) / LETTER), focus: setStop, press },
    width: broad,
    height: HEIGHT,
    ariaRole: "group",
    ariaLabel: node.name,
  }));
  const edges = graph.edges.map((one) => ({
    id: `${one.source}|${one.target}|${one.label}`,
    source: one.source,
    target: one.target,
    focusable: false,
    ariaLabel: one.label,
    markerEnd: { type: MarkerType.ArrowClosed, width: 18, height: 18, color: "#8c8c94" },
  }));
  return (
    <ReactFlow<Box>
      nodes={nodes}
      edges={edges}
      nodeTypes={TYPES}
      colorMode={dark ? "dark" : "light"}
      onInit={(made) => {
        flow.current = made;
        fit();
      }}
      minZoom={0.05}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      deleteKeyCode={null}
      onlyRenderVisibleElements={graph.nodes.length > 150}
      onNodeClick={(_event, node) => choose(node.data.node)}
    >
      <Background />
      <Controls showInteractive={false} />
      {graph.nodes.length > 30 && <MiniMap pannable ariaLabel="Small map of the graph" />}
    </ReactFlow>
  );
}

/** Where nodes stand and how broad they are: as broad as the picture's width allows for its layers. */
function placed(graph: Graph, width: number): readonly [ReadonlyMap<string, Place>, number] {
  const places = layout(graph.nodes.map((one) => one.id), graph.edges, 1);
  const layers = 1 + Math.max(0, ...[...places.values()].map(({ x }) => x));
  const broad = Math.round(Math.min(BROAD, Math.max(NARROW, (width - 40 - (layers - 1) * GAP) / layers)));
  return [new Map([...places].map(([id, { x, y }]) => [id, { x: x * (broad + GAP), y }])), broad];
}
