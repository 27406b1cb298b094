/** What a job read or wrote: where, and the identity of the content, which can be compared with what lies there now. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useMutation } from "@tanstack/react-query";
import type { Content } from "@/api/contents";
import { verify } from "@/api/verify";
import { link } from "@/app/router";
import { bytes, short, type Flow } from "@/pages/job/flows";
import { Copied } from "@/parts/facts";

type Now = "same" | "changed" | { readonly why: string };

interface Props {
  readonly title: string;
  readonly of: readonly Flow[];
  /** What is said of a flow whose content was not seen. */
  readonly unseen: string;
}

export function FlowTable({ title, of, unseen }: Props) {
  const seen = of.flatMap((one) => (one.seen === undefined ? [] : [one.seen]));
  const checked = useMutation({ mutationFn: async () => new Map(await Promise.all(seen.map(async (one): Promise<[Content, Now]> => [one, await now(one)]))) });
  return (
    <Table
      variant="container"
      wrapLines
      header={
        <Header
          variant="h2"
          counter={`(${of.length})`}
          actions={seen.length > 0 && <Button loading={checked.isPending} onClick={() => checked.mutate()} ariaLabel={`Compare the ${title.toLowerCase()} with what lies there now`}>Compare with now</Button>}
        >
          {title}
        </Header>
      }
      items={[...of]}
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={[
        { id: "name", header: "Name", cell: (one) => <span className="anywhere">{one.name}</span>, isRowHeader: true, width: 210 },
        { id: "uri", header: "Where", cell: (one) => (one.uri === "" ? "–" : <span className="anywhere"><Copied text={one.uri} /></span>) },
        { id: "type", header: "Content", cell: (one) => <span className="anywhere">{one.type || "–"}</span>, width: 130 },
        { id: "identity", header: "Identity", cell: (one) => (one.seen === undefined ? <Box color="text-body-secondary">{unseen}</Box> : <Identity of={one.seen} now={checked.data?.get(one.seen)} />), width: 270 },
      ]}
      empty={<Box textAlign="center">None.</Box>}
    />
  );
}

function Identity({ of, now: told }: { readonly of: Content; readonly now: Now | undefined }) {
  return (
    <SpaceBetween size="xxxs">
      <span className="mono">
        <CopyToClipboard variant="icon" textToCopy={of.content} copyButtonAriaLabel={`Copy ${of.content}`} copySuccessText="Copied" copyErrorText="Not copied" />
        <Link href={link(["verify"], { q: of.content })}><span title={of.content}>{short(of.content)}</span></Link>
      </span>
      <Box variant="small">{of.count.toLocaleString()} {of.count === 1 ? "file" : "files"}, {bytes(of.size)}</Box>
      {told === "same" && <StatusIndicator type="success">The same lies there now</StatusIndicator>}
      {told === "changed" && <StatusIndicator type="warning">Something else lies there now</StatusIndicator>}
      {typeof told === "object" && <StatusIndicator type="error">{told.why}</StatusIndicator>}
    </SpaceBetween>
  );
}

/** Compare a content with what lies at its address. */
async function now(one: Content): Promise<Now> {
  try {
    const answer = await verify({ uri: one.uri }, true);
    if (answer.asked.content === one.content) return "same";
    return answer.asked.content === null ? { why: "Nothing lies there now" } : "changed";
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
