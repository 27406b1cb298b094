/** A layered layout: a node stands to the right of everything that it comes from. Layers are the longest ways from the
 * sources, after edges that close a circle are left out; within a layer, nodes go near the middle of their neighbours. */

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Link {
  readonly source: string;
  readonly target: string;
}

/** Pixels from one layer to the next when nothing else is asked for, and from one node of a layer to the next. */
const WIDTH = 280;
const HEIGHT = 84;
const SWEEPS = 4;

export function layout(ids: readonly string[], links: readonly Link[], width = WIDTH): Map<string, Place> {
  const number = new Map(ids.map((id, at) => [id, at]));
  const after: number[][] = ids.map(() => []);
  const before: number[][] = ids.map(() => []);
  for (const { source, target } of links) {
    const [from, to] = [number.get(source), number.get(target)];
    if (from === undefined || to === undefined || from === to) continue;
    after[from]!.push(to);
  }
  const order = withoutCircles(after);
  after.forEach((list, from) => list.forEach((to) => before[to]!.push(from)));
  const layer = new Int32Array(ids.length);
  for (const node of order) for (const to of after[node]!) layer[to] = Math.max(layer[to]!, layer[node]! + 1);
  // What nothing leads to stands right before what it leads to, not far on the left.
  for (const node of [...order].reverse()) {
    if (before[node]!.length === 0 && after[node]!.length > 0) layer[node] = Math.min(...after[node]!.map((to) => layer[to]!)) - 1;
  }
  const lowest = Math.min(0, ...layer);
  const layers: number[][] = [];
  for (const node of order) (layers[layer[node]! - lowest] ??= []).push(node);

  const place = new Float64Array(ids.length);
  const settle = (nodes: number[]) => nodes.forEach((node, at) => (place[node] = at - (nodes.length - 1) / 2));
  layers.forEach(settle);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forward = sweep % 2 === 0;
    for (const nodes of forward ? layers : [...layers].reverse()) {
      if (nodes === undefined) continue;
      const middle = (node: number): number => {
        const around = (forward ? before : after)[node]!;
        return around.length === 0 ? place[node]! : around.reduce((sum, one) => sum + place[one]!, 0) / around.length;
      };
      const wished = new Map(nodes.map((node) => [node, middle(node)]));
      nodes.sort((one, other) => wished.get(one)! - wished.get(other)!);
      settle(nodes);
    }
  }
  return new Map(ids.map((id, at) => [id, { x: (layer[at]! - lowest) * width, y: place[at]! * HEIGHT }]));
}

/** Take out the edges that close a circle; give the nodes in an order in which every edge leads forward. */
function withoutCircles(after: number[][]): number[] {
  const state = new Uint8Array(after.length); // 0 unseen, 1 on the way, 2 done
  const done: number[] = [];
  for (let start = 0; start < after.length; start += 1) {
    if (state[start] !== 0) continue;
    const way: [number, number][] = [[start, 0]];
    state[start] = 1;
    while (way.length > 0) {
      const top = way[way.length - 1]!;
      const [node, at] = top;
      const list = after[node]!;
      if (at === list.length) {
        state[node] = 2;
        done.push(node);
        way.pop();
      } else if (state[list[at]!] === 1) list.splice(at, 1);
      else {
        top[1] += 1;
        if (state[list[at]!] === 0) {
          state[list[at]!] = 1;
          way.push([list[at]!, 0]);
        }
      }
    }
  }
  return done.reverse();
}
