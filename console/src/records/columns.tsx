/** Columns of a table of records, from the names of properties. */
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Cell, TableAnswer, Type } from "@/api/own";
import { isNumeric, shortName, show } from "@/query/show";
import type { Kind } from "@/records/kinds";
import { isMetric, split } from "@/records/statistics";

export interface Row {
  readonly name: string;
  readonly arn: string;
  readonly cells: Readonly<Record<string, Cell | undefined>>;
}

export const NAME = "name";
/** The property that a kind's name sorts by. */
export const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  run: "TrialComponentName",
  experiment: "ExperimentName",
  "training-job": "TrainingJobName",
  "processing-job": "ProcessingJobName",
  "transform-job": "TransformJobName",
  "hyper-parameter-tuning-job": "HyperParameterTuningJobName",
  model: "ModelName",
  endpoint: "EndpointName",
  artifact: "ArtifactName",
};

const STATES: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  Completed: "success",
  InService: "success",
  Approved: "success",
  InProgress: "in-progress",
  Creating: "in-progress",
  Updating: "in-progress",
  Starting: "in-progress",
  Pending: "pending",
  PendingManualApproval: "pending",
  Failed: "error",
  Rejected: "error",
  Stopped: "stopped",
  Stopping: "stopped",
};

export function Status({ value }: { readonly value: string }) {
  return <StatusIndicator type={STATES[value] ?? "info"}>{value}</StatusIndicator>;
}

export function rowsOf(answer: TableAnswer): Row[] {
  return answer.names.map((name, at) => ({
    name,
    arn: answer.arns[at] ?? name,
    cells: Object.fromEntries(Object.entries(answer.columns).map(([column, cells]) => [column, cells[at]])),
  }));
}

export function columnsOf(kind: Kind, names: readonly string[], types: Readonly<Record<string, Type>>): TableProps.ColumnDefinition<Row>[] {
  return [
    {
      id: NAME,
      header: "Name",
      sortingField: NAME_PROPERTIES[kind.resource] ?? "CreationTime",
      cell: (row) => <span data-row={row.arn}><Link href={kind.href(row.name, row.arn)}>{row.name}</Link></span>,
      isRowHeader: true,
      minWidth: 180,
      width: NAME_WIDTH,
    },
    ...names.map((name): TableProps.ColumnDefinition<Row> => ({
      id: name,
      header: <span title={name}>{head(name)}</span>,
      ariaLabel: ({ sorted, descending }) => `${name}${sorted ? `, sorted ${descending ? "descending" : "ascending"}` : ""}`,
      sortingField: name,
      cell: (row) => cellOf(name, row.cells[name], types[name]),
      minWidth: 90,
      width: widthOf(name),
      ...(name.startsWith("Tags.") ? { editConfig: tagEdit(name) } : {}),
    })),
  ];
}

/** A tag is edited where it stands. */
function tagEdit(name: string): NonNullable<TableProps.ColumnDefinition<Row>["editConfig"]> {
  return {
    ariaLabel: "Edit the tag",
    editIconAriaLabel: "editable",
    editingCell: (row, { currentValue, setValue }: TableProps.CellContext<string>) => (
      <Input autoFocus ariaLabel={`${shortName(name)} of ${row.name}`} value={currentValue ?? show(row.cells[name], "text")} onChange={({ detail }) => setValue(detail.value)} />
    ),
  };
}

/** Properties whose own name would tell a reader less. */
const HEADS: Readonly<Record<string, string>> = {
  "Status.PrimaryStatus": "Status",
  "Status.Message": "Message",
  "Parents.ExperimentName": "Experiment",
  "Parents.TrialName": "Run group",
  "CreatedBy.UserProfileName": "By",
  CreationTime: "Created",
  LastModifiedTime: "Changed",
  StartTime: "Started",
  EndTime: "Ended",
  DisplayName: "Display name",
  TrainingJobStatus: "Status",
  ProcessingJobStatus: "Status",
  TransformJobStatus: "Status",
  HyperParameterTuningJobStatus: "Status",
  EndpointStatus: "Status",
  ModelPackageStatus: "Status",
  ModelApprovalStatus: "Approval",
  TrainingTimeInSeconds: "Trained (s)",
  "PrimaryContainer.ModelDataUrl": "Model data",
  ArtifactType: "Type",
  "Source.SourceUri": "Address",
};

export const NAME_WIDTH = 190;

/** How wide a column begins, in pixels: room for its head and for what such properties hold. */
export function widthOf(name: string): number {
  if (name.endsWith("Time")) return 210;
  if (name.endsWith("Status")) return 140;
  const words = Math.ceil(8.5 * head(name).length + 60);
  return isMetric(name) || name.startsWith("Parameters.") ? Math.min(240, Math.max(112, words)) : Math.min(240, Math.max(160, words));
}

function head(name: string): string {
  const known = HEADS[name];
  if (known !== undefined) return known;
  if (isMetric(name)) {
    const { metric, statistic } = split(name);
    return `${shortName(metric)}${statistic === "" ? "" : ` (${statistic})`}`;
  }
  return /^(Metrics|Parameters|HyperParameters|Tags|InputArtifacts|OutputArtifacts)\./.test(name) ? shortName(name) : name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").replaceAll(".", " › ");
}

function cellOf(name: string, value: Cell | undefined, type: Type | undefined) {
  if (value === null || value === undefined) return <span aria-label="none">–</span>;
  if (typeof value === "string" && name.endsWith("Status")) return <Status value={value} />;
  const text = show(value, type);
  return isNumeric(value) && type !== "time" ? <div className="numeric">{text}</div> : <span title={text}>{text.length > 80 ? `${text.slice(0, 77)}…` : text}</span>;
}
