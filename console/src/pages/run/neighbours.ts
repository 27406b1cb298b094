/** The runs before and after this one in its experiment, by when they were made. */
import { table } from "@/api/own";
import { go, link, parse } from "@/app/router";
import type { RunRecord } from "@/pages/run/record";

/** Go to the next newer (1) or older (-1) run; false when there is none. */
export async function goToNeighbour(run: RunRecord, direction: 1 | -1): Promise<boolean> {
  const experiment = run.Parents[0]?.ExperimentName;
  const made = run.CreationTime;
  if (made === undefined) return false;
  const when = `CreationTime ${direction === 1 ? ">" : "<"} ${JSON.stringify(new Date(Math.round(made * 1000)).toISOString())}`;
  const where = experiment === undefined ? when : `Parents.ExperimentName = ${JSON.stringify(experiment)} and ${when}`;
  const found = await table({ resource: "run", where, sort: [direction === 1 ? "CreationTime" : "-CreationTime"], columns: [], limit: 2 });
  const name = found.names.find((one) => one !== run.TrialComponentName);
  if (name === undefined) return false;
  go(link(["runs", name], { tab: parse(window.location.hash).params.get("tab") ?? undefined }));
  return true;
}
