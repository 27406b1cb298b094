/** Where a run ran and with what: code, packages, machine, and every process that wrote to it. */
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { link } from "@/app/router";
import type { RunRecord } from "@/pages/run/record";
import { showTime } from "@/query/show";

type Part = Readonly<Record<string, unknown>>;

export function Capture({ run }: { readonly run: RunRecord }) {
  const { git = {}, command = {}, host = {}, packages = {}, seeds = {} } = run.environment ?? {};
  const artifact = (name: string): string | undefined => (name in run.InputArtifacts ? link(["runs", run.TrialComponentName], { tab: "inputs", artifact: name }) : undefined);
  const items: KeyValuePairsProps.Item[] = [];
  const add = (label: string, value: React.ReactNode): void => {
    if (value !== undefined && value !== "") items.push({ label, value });
  };
  const commit = text(git["commit"]);
  if (commit !== undefined) {
    const state = git["dirty"] === true ? "changed since" : "as committed";
    const diff = artifact("git.diff");
    add("Commit", <><CopyToClipboard variant="inline" textToCopy={commit} textToDisplay={commit.slice(0, 12)} copySuccessText="Copied" copyErrorText="Not copied" copyButtonAriaLabel="Copy the commit" /> {diff === undefined ? state : <Link href={diff}>{state}</Link>}</>);
    add("Branch", text(git["branch"]));
  }
  const line = Array.isArray(command["line"]) ? command["line"].join(" ") : text(command["line"]);
  add("Command", line === undefined ? undefined : <span className="mono">{line}</span>);
  add("Folder", text(command["folder"]));
  add("Python", text(command["python"]));
  const list = artifact("packages.txt");
  const count = text(packages["count"]);
  add("Packages", count === undefined ? undefined : list === undefined ? count : <Link href={list}>{count}</Link>);
  add("Host", text(host["name"]));
  add("System", text(host["system"]));
  add("Processors", [text(host["cpus"]), text(host["processor"])].filter((one) => one !== undefined).join(" × "));
  add("Memory", typeof host["memory"] === "number" ? `${(host["memory"] / 2 ** 30).toFixed(1)} GiB` : undefined);
  add("GPUs", Array.isArray(host["gpus"]) ? host["gpus"].join(", ") : undefined);
  const seed = Object.entries(seeds).map(([name, value]) => `${name}: ${String(value)}`);
  add("Seeds", seed.join(", "));
  const writers = Object.entries(run.writers ?? {});
  if (items.length === 0 && writers.length < 2) return null;
  return (
    <Container header={<Header variant="h2">Where it ran</Header>}>
      <SpaceBetween size="l">
        {items.length > 0 && <KeyValuePairs columns={4} items={items} />}
        {writers.length > 1 && <Writers writers={writers} />}
      </SpaceBetween>
    </Container>
  );
}

function Writers({ writers }: { readonly writers: readonly (readonly [string, Part])[] }) {
  return (
    <Table
      variant="embedded"
      header={<Header variant="h3" counter={`(${writers.length})`}>Processes that wrote to it</Header>}
      items={writers.map(([id, told]) => ({ id, told }))}
      trackBy="id"
      ariaLabels={{ tableLabel: "Processes" }}
      columnDefinitions={[
        { id: "rank", header: "Rank", cell: ({ told }) => text(told["rank"]) ?? "–" },
        { id: "host", header: "Host", cell: ({ told }) => text(told["host"]) ?? "–" },
        { id: "pid", header: "Process", cell: ({ told }) => text(told["pid"]) ?? "–" },
        { id: "since", header: "Since", cell: ({ told }) => (typeof told["created"] === "number" ? showTime(told["created"]) : "–") },
        { id: "id", header: "Writer", cell: ({ id }) => <Box variant="code">{id}</Box> },
      ]}
    />
  );
}

function text(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
