/** Explanations of a run's model: importance of features, partial dependence, and single rows. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useReports, type Report } from "@/api/reports";
import { change } from "@/app/router";
import type { TabProps } from "@/pages/run/tabs";
import { Choose, NoReports, ReportBar } from "@/reports/choice";
import { DependenceChart } from "@/reports/dependence";
import { hasExplanations, importances, isUnnamed, outputName } from "@/reports/figures";
import { ImportanceChart } from "@/reports/importance";
import { Waterfall } from "@/reports/waterfall";

const CALL = `run.log_explanations(model, data, features=["Age", "Hours"],
                     dependence=5)`;

export default function ExplanationsTab({ run, params }: TabProps) {
  const found = useReports(run.TrialComponentName);
  if (found.error !== null) return <Alert type="error" header="The reports cannot be read">{found.error.message}</Alert>;
  if (found.data === undefined) return <Spinner size="large" />;
  const reports = found.data.filter((one) => hasExplanations(one.analysis));
  const chosen = reports.find((one) => one.name === params.get("report")) ?? reports[0];
  if (chosen === undefined) return <NoReports what="explanations" call={CALL} />;
  return <Shown run={run.TrialComponentName} reports={reports} chosen={chosen} params={params} />;
}

interface ShownProps {
  readonly run: string;
  readonly reports: readonly Report[];
  readonly chosen: Report;
  readonly params: URLSearchParams;
}

function Shown({ run, reports, chosen, params }: ShownProps) {
  const outputs = importances(chosen.analysis);
  const output = outputs.find(([label]) => label === params.get("output")) ?? outputs[0];
  const labels = outputs.map(([label]) => label);
  const fault = chosen.analysis?.explanations?.kernel_shap?.["error"];
  const curves = chosen.analysis?.explanations?.pdp ?? [];
  return (
    <SpaceBetween size="l">
      <ReportBar reports={reports} chosen={chosen}>
        {outputs.length > 1 && <Choose label="Predicted column" value={output![0]} options={labels} nameOf={outputName} onChange={(label) => change({ output: label }, "replace")} />}
      </ReportBar>
      {typeof fault === "string" && <Alert type="warning" header="The predictions could not be explained">{fault}</Alert>}
      {output !== undefined && (
        <>
          {!isUnnamed(labels) && <Box color="text-body-secondary">Predicted column: <b>{outputName(output[0])}</b></Box>}
          <ImportanceChart label={isUnnamed(labels) ? "" : outputName(output[0])} importance={output[1]} />
        </>
      )}
      {curves.length > 0 && (
        <div>
          <Header variant="h2" description="The mean prediction if every row had this value; behind it, how many rows have it.">Partial dependence</Header>
          <div className="chart-columns">{curves.map((one) => <DependenceChart key={one.feature_name} held={one} />)}</div>
        </div>
      )}
      {output !== undefined && chosen.files["rows"] !== undefined && <Waterfall run={run} report={chosen.name} label={output[0]} expected={output[1].expected_value ?? 0} params={params} />}
    </SpaceBetween>
  );
}
