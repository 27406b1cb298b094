/** Lineage as a graph: read page by page, named, and with siblings put together where there are too many to draw. */
import { aws } from "@/api/aws";
import { table } from "@/api/own";
import { quotedName } from "@/query/filter";

export interface Node {
  /** The ARN, or `cluster:...` for siblings that are drawn as one. */
  readonly id: string;
  readonly name: string;
  /** What lineage calls its kind: Artifact, Action, Context, TrialComponent. */
  readonly lineage: string;
  /** What it is: DataSet, Model, TrainingJob, Endpoint ... */
  readonly type: string;
  /** The ARNs that a cluster stands for. */
  readonly members?: readonly string[];
}

export interface Edge {
  readonly source: string;
  readonly target: string;
  readonly label: string;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** Whether there is more than what was read. */
  readonly cut: boolean;
}

export type Direction = "Both" | "Ascendants" | "Descendants";
export const DIRECTIONS: readonly Direction[] = ["Both", "Ascendants", "Descendants"];
/** More than this are not read. */
const MOST = 2_000;
const CHUNK = 100;

export async function read(arn: string, direction: Direction, depth: number, signal?: AbortSignal): Promise<Graph> {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge>();
  let token: string | undefined;
  do {
    const page = await aws("QueryLineage", { StartArns: [arn], Direction: direction, IncludeEdges: true, MaxDepth: depth, MaxResults: 50, ...(token === undefined ? {} : { NextToken: token }) }, signal);
    for (const one of page.Vertices ?? []) {
      if (one.Arn !== undefined) nodes.set(one.Arn, { id: one.Arn, name: lastPart(one.Arn), lineage: one.LineageType ?? "", type: one.Type ?? one.LineageType ?? "" });
    }
    for (const one of page.Edges ?? []) {
      if (one.SourceArn === undefined || one.DestinationArn === undefined) continue;
      const edge = { source: one.SourceArn, target: one.DestinationArn, label: one.AssociationType ?? "" };
      edges.set(`${edge.source}\n${edge.target}\n${edge.label}`, edge);
    }
    token = page.NextToken;
  } while (token !== undefined && nodes.size < MOST);
  const named = await names([...nodes.values()], signal);
  return { nodes: named, edges: [...edges.values()].filter((one) => nodes.has(one.source) && nodes.has(one.target)), cut: token !== undefined };
}

/** Artifacts' ARNs end in a number that says nothing: their names, or what they came from, are asked for. */
async function names(nodes: readonly Node[], signal?: AbortSignal): Promise<Node[]> {
  const artifacts = nodes.filter((one) => one.id.includes(":artifact/")).map((one) => one.id);
  const found = new Map<string, string>();
  for (let at = 0; at < artifacts.length; at += CHUNK) {
    const list = artifacts.slice(at, at + CHUNK).map((one) => JSON.stringify(one)).join(", ");
    const answer = await table({ resource: "artifact", where: `${quotedName("ArtifactArn")} in (${list})`, columns: ["ArtifactName", "Source.SourceUri"], limit: CHUNK }, signal);
    answer.arns.forEach((arn, row) => {
      const name = answer.columns["ArtifactName"]?.[row] ?? answer.columns["Source.SourceUri"]?.[row];
      if (typeof name === "string" && name !== "") found.set(arn, name);
    });
  }
  return nodes.map((one) => ({ ...one, name: found.get(one.id) ?? one.name }));
}

export function lastPart(arn: string): string {
  return arn.slice(arn.indexOf("/") + 1);
}

/** Leave out nodes of some types, with their edges. */
export function without(graph: Graph, hidden: ReadonlySet<string>, keep: string): Graph {
  if (hidden.size === 0) return graph;
  const nodes = graph.nodes.filter((one) => one.id === keep || !hidden.has(one.type));
  const ids = new Set(nodes.map((one) => one.id));
  return { ...graph, nodes, edges: graph.edges.filter((one) => ids.has(one.source) && ids.has(one.target)) };
}

/** Put siblings together: nodes of one type with the same neighbours, when there are at least `least` of them. */
export function collapse(graph: Graph, expanded: ReadonlySet<string>, keep: string, least = 4): Graph {
  const around = new Map<string, string[]>();
  for (const { source, target, label } of graph.edges) {
    (around.get(source) ?? around.set(source, []).get(source)!).push(`>${target}${label}`);
    (around.get(target) ?? around.set(target, []).get(target)!).push(`<${source}${label}`);
  }
  const groups = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    if (node.id === keep) continue;
    const key = `${node.type}\n${(around.get(node.id) ?? []).sort().join("\n")}`;
    (groups.get(key) ?? groups.set(key, []).get(key)!).push(node);
  }
  const standsFor = new Map<string, string>();
  const clusters: Node[] = [];
  for (const members of groups.values()) {
    const id = `cluster:${members[0]!.id}`;
    if (members.length < least || expanded.has(id)) continue;
    for (const one of members) standsFor.set(one.id, id);
    const { lineage, type } = members[0]!;
    clusters.push({ id, name: `+${members.length} ${words(type)}`, lineage, type, members: members.map((one) => one.id) });
  }
  const edges = new Map<string, Edge>();
  for (const edge of graph.edges) {
    const one = { ...edge, source: standsFor.get(edge.source) ?? edge.source, target: standsFor.get(edge.target) ?? edge.target };
    edges.set(`${one.source}\n${one.target}\n${one.label}`, one);
  }
  return { ...graph, nodes: [...graph.nodes.filter((one) => !standsFor.has(one.id)), ...clusters], edges: [...edges.values()] };
}

/** `TrainingJob` as `training jobs`. */
export function words(type: string): string {
  return `${type.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()}s`;
}
