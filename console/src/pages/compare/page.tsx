/** Runs against each other: side by side, as charts, over axes, and tested for being really better. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import { useRef, type ReactNode } from "react";
import type { PageProps } from "@/app/routes";
import { Live, useTold } from "@/live/hub";
import { ChartsView } from "@/pages/compare/charts-view";
import { CurvesView } from "@/pages/compare/curves-view";
import { MatrixView } from "@/pages/compare/matrix-view";
import { RunList } from "@/pages/compare/run-list";
import { ParallelView, ScatterView } from "@/pages/compare/space-view";
import { MOST_RUNS, readCompare, write, type CompareState, type ViewName } from "@/pages/compare/state";
import { TestView } from "@/pages/compare/test-view";
import { useCompared, type Compared } from "@/pages/compare/use-compared";
import { Failure } from "@/parts/failure";

const TITLES: Readonly<Record<ViewName, string>> = { table: "Side by side", charts: "Charts", parallel: "Parallel coordinates", scatter: "Scatter", curves: "Curves", test: "Which is better" };
const PERIOD = 2_000;

export default function ComparePage({ params }: PageProps) {
  const state = readCompare(params);
  return (
    <Live runs={state.runs}>
      <Compare state={state} params={params} />
    </Live>
  );
}

function Compare({ state, params }: { readonly state: CompareState; readonly params: URLSearchParams }) {
  const compared = useCompared(state.runs, state.statistic);
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  useTold((told) => {
    if (told.points.length === 0 && told.runs.length === 0) return;
    due.current ??= setTimeout(() => {
      due.current = undefined;
      compared.again();
    }, PERIOD);
  });
  return (
    <SpaceBetween size="m">
      <Header variant="h1" counter={state.runs.length === 0 ? "" : `(${state.runs.length})`} description={state.runs.length >= MOST_RUNS ? `At most ${MOST_RUNS} runs are compared; group them, or take the best.` : ""}>
        Compare runs
      </Header>
      <RunList runs={state.runs} hidden={state.hidden} />
      {state.runs.length === 0 ? (
        <Box textAlign="center" padding="l">
          <SpaceBetween size="s">
            <Box variant="strong">No runs chosen.</Box>
            <Box>Choose some on the search page and press Compare, or add them here.</Box>
            <Button href="#/search?sort=-CreationTime">Search runs</Button>
          </SpaceBetween>
        </Box>
      ) : (
        <>
          {compared.error !== null && <Failure error={compared.error} retry={compared.again} />}
          <Tabs
            activeTabId={state.view}
            ariaLabel="Ways to compare"
            onChange={({ detail }) => write({ view: detail.activeTabId === "table" ? undefined : detail.activeTabId, find: undefined, from: undefined, to: undefined })}
            tabs={(Object.keys(TITLES) as ViewName[]).map((id) => ({
              id,
              label: TITLES[id],
              content: id === state.view && (compared.names.length > 0 ? content(id, state, compared, params) : compared.error === null && <Spinner size="large" />),
            }))}
          />
        </>
      )}
    </SpaceBetween>
  );
}

function content(view: ViewName, state: CompareState, compared: Compared, params: URLSearchParams): ReactNode {
  switch (view) {
    case "table":
      return <MatrixView state={state} compared={compared} />;
    case "charts":
      return <ChartsView state={state} compared={compared} params={params} />;
    case "parallel":
      return <ParallelView compared={compared} params={params} />;
    case "scatter":
      return <ScatterView compared={compared} params={params} />;
    case "curves":
      return <CurvesView compared={compared} />;
    case "test":
      return <TestView state={state} compared={compared} params={params} />;
  }
}
