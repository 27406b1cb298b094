/** The answer in words, with its evidence, what was not checked, and a printout for the file. */
import "@/pages/verify/verify.css";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { Answer, Finding, Thing, Use } from "@/api/verify";
import { useSession } from "@/api/session";
import { link } from "@/app/router";
import { Copied, Facts } from "@/parts/facts";
import { When } from "@/parts/when";
import { Status } from "@/records/columns";
import { pageOf } from "@/records/kinds";

const TYPES = { used: "warning", unused: "success", undecided: "info" } as const;
const WORDS = { used: "Used", unused: "Not used", undecided: "Undecided" } as const;
const RELATIONS: Readonly<Record<string, string>> = {
  exact: "The same bytes",
  copied: "The same bytes, copied",
  renamed: "The same bytes, renamed",
  subset: "Part of what was used",
  superset: "More than what was used",
  overlap: "Shared files",
  changed: "Changed in place since",
  rows: "Shared rows",
  place: "Named, but never seen",
};

export function AnswerView({ answer }: { readonly answer: Answer }) {
  const { asked } = answer;
  const { data: session } = useSession();
  const rows = Object.values(asked.rows).reduce((sum, one) => sum + one, 0);
  return (
    <div className="printout">
      <div className="print-only">
        <Box variant="h1">Was this data used?</Box>
      </div>
      <SpaceBetween size="l">
        <div role="status">
          <Alert type={TYPES[answer.decision]} header={WORDS[answer.decision]} action={<div className="screen-only"><Button iconName="file" onClick={() => window.print()}>Print</Button></div>}>
            {answer.summary}
          </Alert>
        </div>
        <Container header={<Header variant="h2">What was asked about</Header>}>
          <Facts
            items={[
              { label: "Data", value: asked.title },
              { label: "Content", value: asked.content === null ? undefined : <Copied text={asked.content} /> },
              { label: "Files", value: asked.count.toLocaleString() },
              { label: "Size", value: asked.size > 0 ? `${asked.size.toLocaleString()} bytes` : undefined },
              { label: "Rows compared", value: rows > 0 ? `${rows.toLocaleString()} with ${answer.tables.toLocaleString()} ${answer.tables === 1 ? "table" : "tables"}` : undefined },
              { label: "Asked", value: <When at={answer.time} /> },
              { label: "By", value: session === undefined ? undefined : `${session.user}, of the store ${session.store}` },
            ]}
          />
        </Container>
        {answer.findings.map((finding, at) => <Evidence key={at} finding={finding} />)}
        {answer.unchecked.length > 0 && (
          <Table
            header={<Header variant="h2" counter={`(${answer.unchecked.length})`} description="A use could hide here.">Not checked</Header>}
            items={answer.unchecked}
            columnDefinitions={[
              { id: "what", header: "What", cell: (one) => one.what, isRowHeader: true },
              { id: "why", header: "Why", cell: (one) => <div className="verify-wrap">{one.why}</div> },
            ]}
            wrapLines
          />
        )}
      </SpaceBetween>
    </div>
  );
}

function Evidence({ finding }: { readonly finding: Finding }) {
  return (
    <SpaceBetween size="xs">
      <Table
        header={<Header variant="h2" counter={finding.count > finding.uses.length ? `(${finding.uses.length} of ${finding.count})` : `(${finding.count})`} description={`${finding.text.replace(/^./, (letter) => letter.toUpperCase())}`}>{RELATIONS[finding.relation] ?? finding.relation}</Header>}
        items={finding.uses}
        columnDefinitions={[
          { id: "by", header: "Who", minWidth: 160, cell: (use) => <SpaceBetween size="xxs"><ThingLink thing={use.by} /><Run use={use} /></SpaceBetween>, isRowHeader: true },
          { id: "how", header: "How", cell: (use) => `${use.direction}${use.name === "" ? "" : ` as ${use.name}`}` },
          { id: "where", header: "Where", cell: (use) => <div className="verify-wrap">{use.uri}</div> },
          { id: "when", header: "When", cell: (use) => <When at={use.time ?? undefined} /> },
          { id: "status", header: "Status", minWidth: 130, cell: (use) => <Status value={use.by.status ?? ""} /> },
          { id: "downstream", header: "Models and endpoints after it", cell: (use) => use.downstream.length === 0 ? "–" : <SpaceBetween size="xxs">{use.downstream.map((one) => <ThingLink key={one.arn} thing={one} />)}</SpaceBetween> },
        ]}
        wrapLines
        empty={<Box textAlign="center">Whoever used it was deleted.</Box>}
      />
      {(finding.names?.length ?? 0) > 0 && (
        <Box variant="small" color="text-body-secondary">
          Files: {finding.names?.map((one) => (one.asked === one.used ? one.asked : `${one.asked} was ${one.used}`)).join(", ")}
        </Box>
      )}
    </SpaceBetween>
  );
}

function Run({ use }: { readonly use: Use }) {
  if (use.by.run === undefined) return null;
  return <Box variant="small">in run <Link href={link(["runs", use.by.run])} fontSize="body-s">{use.by.run}</Link></Box>;
}

function ThingLink({ thing }: { readonly thing: Thing }) {
  const resource = thing.type === "run" ? "run" : (thing.arn.split(":")[5]?.split("/")[0] ?? thing.type);
  const { word, href } = pageOf(resource);
  return <Link href={href(thing.name, thing.arn)}>{`${word} ${thing.name}`}</Link>;
}
