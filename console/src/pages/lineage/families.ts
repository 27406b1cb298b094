/** What kinds of records look alike in the graph: an icon, a colour and a word for the legend. */
import type { IconProps } from "@cloudscape-design/components/icon";
import type { Node } from "@/pages/lineage/graph";

export interface Family {
  readonly id: "data" | "work" | "model" | "report" | "endpoint" | "other";
  readonly text: string;
  readonly icon: IconProps.Name;
}

export const FAMILIES: readonly Family[] = [
  { id: "data", text: "Data", icon: "folder" },
  { id: "work", text: "Jobs and runs", icon: "settings" },
  { id: "model", text: "Models", icon: "star" },
  { id: "report", text: "Reports", icon: "file" },
  { id: "endpoint", text: "Endpoints", icon: "share" },
  { id: "other", text: "Other", icon: "status-info" },
];

/** The family of a node, by its type and then by what lineage calls its kind. */
export function familyOf({ type, lineage }: Pick<Node, "type" | "lineage">): Family {
  const id = /endpoint|deployment/i.test(type) ? "endpoint"
    : /report|explanation|bias/i.test(type) ? "report"
    : /data|input|output/i.test(type) ? "data"
    : lineage === "TrialComponent" || /job$|^run$/i.test(type) ? "work"
    : /model/i.test(type) ? "model"
    : "other";
  return FAMILIES.find((one) => one.id === id)!;
}

/** Shorten a text in its middle: what tells names apart is most often at their ends, and of addresses nearly all of it. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = /^[a-z0-9]+:\/\//.test(text) ? 3 : Math.ceil((most - 1) * 0.45);
  return `${text.slice(0, head)}…${text.slice(head + 1 - most)}`;
}

/** Break a text after a sign into two lines of at most half of `most` letters each, where that can be. */
export function inLines(text: string, most: number): readonly string[] {
  const line = Math.floor(most / 2);
  if (text.length <= line) return [text];
  const at = 1 + Math.max(...["-", "/", "_", ".", " "].map((sign) => text.lastIndexOf(sign, line - 1)));
  return at > 0 && text.length - at <= line ? [text.slice(0, at), text.slice(at)] : [text];
}
