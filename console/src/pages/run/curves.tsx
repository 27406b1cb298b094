/** ROC, precision-recall and confusion matrix of a run. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useGraphs } from "@/artifacts/of-run";
import { strokes } from "@/charts/colours";
import { CurveChart } from "@/charts/curve-chart";
import { HeatMap } from "@/charts/heat-map";
import type { TabProps } from "@/pages/run/tabs";

const CALLS = `run.log_roc_curve(y_true, y_score)
run.log_precision_recall(y_true, y_score)
run.log_confusion_matrix(y_true, y_pred)`;

/** `PrecisionRecall` is `Precision recall`; what has spaces or signs was written for people. */
function titled(name: string): string {
  return /^([A-Z][a-z]+){2,}$/.test(name) ? name.charAt(0) + name.slice(1).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : name;
}

export default function CurvesTab({ run }: TabProps) {
  const name = run.TrialComponentName;
  const found = useGraphs(name, run.TrialComponentArn);
  if (found.error !== null) return <Alert type="error" header="The charts cannot be read">{found.error.message}</Alert>;
  if (found.data === undefined) return <Spinner size="large" />;
  if (found.data.length === 0) {
    return (
      <Box textAlign="center" padding="l">
        <SpaceBetween size="xs">
          <Box variant="strong">No curves or matrices yet.</Box>
          <Box>These make them:</Box>
          <pre className="mono program left" tabIndex={0}>{CALLS}</pre>
        </SpaceBetween>
      </Box>
    );
  }
  const lines = strokes([name]);
  return (
    <div className="chart-columns">
      {found.data.map(({ name, graph }) => ({ title: titled(name), graph })).map(({ title, graph }) =>
        graph.kind === "ConfusionMatrix" ? (
          <HeatMap key={title} title={title} graph={graph} />
        ) : graph.kind === "Table" ? null : (
          <CurveChart key={title} title={title} curves={[{ run: name, curve: graph }]} strokes={lines} />
        ),
      )}
    </div>
  );
}
