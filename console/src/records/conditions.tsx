/** What is looked for: as tokens, or as a text of the grammar. */
import Button from "@cloudscape-design/components/button";
import { lazy, Suspense } from "react";
import { FilterBar } from "@/records/filter-bar";
import type { State } from "@/records/state";
import { toFilterMode, toTextMode } from "@/records/state";

const TextBar = lazy(async () => ({ default: (await import("@/records/text-bar")).TextBar }));

export function Conditions({ state, total, pinned }: { readonly state: State; readonly total: number | undefined; readonly pinned: string }) {
  if (state.mode === "filter") {
    return (
      <div className="conditions">
        <div data-find className="conditions-main"><FilterBar state={state} total={total} pinned={pinned} /></div>
        <Button variant="inline-link" onClick={() => toTextMode(state)}>Write as text</Button>
      </div>
    );
  }
  return (
    <div className="conditions">
      <div className="conditions-main">
        {state.filter.nodes.length > 0 && <FilterBar state={state} total={undefined} pinned={pinned} />}
        <Suspense><TextBar state={state} /></Suspense>
      </div>
      <Button variant="inline-link" onClick={toFilterMode}>Choose conditions</Button>
    </div>
  );
}
