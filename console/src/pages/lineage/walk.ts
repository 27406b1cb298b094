/** The graph by arrow keys: to the right what was made of a node, to the left what it was made of, up and down along its
 * layer. */
import type { Link, Place } from "@/pages/lineage/layout";

/** The node that a key leads to from `at`; undefined where there is none, or for another key. */
export function beside(key: string, at: string, places: ReadonlyMap<string, Place>, links: readonly Link[]): string | undefined {
  const here = places.get(at);
  if (here === undefined) return undefined;
  const near = (ids: readonly string[], by: (place: Place) => number): string | undefined =>
    ids.filter((id) => id !== at && places.has(id)).sort((one, other) => by(places.get(one)!) - by(places.get(other)!))[0];
  const height = (place: Place): number => Math.abs(place.y - here.y);
  const all = [...places.keys()];
  if (key === "ArrowRight") return near(links.filter((one) => one.source === at).map((one) => one.target), height);
  if (key === "ArrowLeft") return near(links.filter((one) => one.target === at).map((one) => one.source), height);
  if (key === "ArrowUp") return near(all.filter((id) => places.get(id)!.x === here.x && places.get(id)!.y < here.y), height);
  if (key === "ArrowDown") return near(all.filter((id) => places.get(id)!.x === here.x && places.get(id)!.y > here.y), height);
  const order = all.sort((one, other) => places.get(one)!.x - places.get(other)!.x || places.get(one)!.y - places.get(other)!.y);
  return key === "Home" ? order[0] : key === "End" ? order.at(-1) : undefined;
}
