/** What the run came from and what came of it: one step here, all of it on the page of the lineage. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { op } from "@/api/own";
import { link } from "@/app/router";
import type { TabProps } from "@/pages/run/tabs";
import { pageOf } from "@/records/kinds";

/** `artifact` of `arn:aws:sagemaker:us-east-1:000000000000:artifact/4a1b`. */
function kindOfArn(arn: string): string {
  return (arn.split(":")[5] ?? "").split("/")[0] ?? "";
}

interface Association {
  readonly SourceArn: string;
  readonly SourceType?: string;
  readonly SourceName?: string;
  readonly DestinationArn: string;
  readonly DestinationType?: string;
  readonly DestinationName?: string;
  readonly AssociationType?: string;
}

interface Listed {
  readonly AssociationSummaries: readonly Association[];
}

interface Neighbour {
  readonly side: string;
  readonly how: string;
  readonly name: string;
  readonly type: string;
  readonly arn: string;
}

export default function LineageTab({ run }: TabProps) {
  const arn = run.TrialComponentArn;
  const found = useQuery({
    queryKey: ["associations", arn],
    queryFn: async ({ signal }): Promise<readonly Neighbour[]> => {
      const [before, after] = await Promise.all([
        op<Listed>("ListAssociations", { DestinationArn: arn, MaxResults: 100 }, signal),
        op<Listed>("ListAssociations", { SourceArn: arn, MaxResults: 100 }, signal),
      ]);
      return [
        ...before.AssociationSummaries.map((one) => ({ side: "Came from", how: one.AssociationType ?? "", name: one.SourceName ?? one.SourceArn, type: one.SourceType ?? "", arn: one.SourceArn })),
        ...after.AssociationSummaries.map((one) => ({ side: "Went to", how: one.AssociationType ?? "", name: one.DestinationName ?? one.DestinationArn, type: one.DestinationType ?? "", arn: one.DestinationArn })),
      ];
    },
  });
  return (
    <SpaceBetween size="m">
      {found.error !== null && <Alert type="error" header="The lineage cannot be read">{found.error.message}</Alert>}
      <Table<Neighbour>
        loading={found.isPending}
        loadingText="Reading the lineage"
        trackBy="arn"
        items={[...(found.data ?? [])]}
        header={<Header variant="h2" counter={found.data === undefined ? "" : `(${found.data.length})`} actions={<Button href={link(["lineage"], { arn, depth: "2" })} iconName="share">Open the graph</Button>}>Lineage</Header>}
        ariaLabels={{ tableLabel: "Lineage" }}
        empty="Nothing is known to have gone into this run or come out of it."
        columnDefinitions={[
          { id: "side", header: "Direction", cell: (one) => one.side },
          { id: "how", header: "Relation", cell: (one) => one.how },
          { id: "name", header: "Name", cell: (one) => <Link href={pageOf(kindOfArn(one.arn)).href(one.name, one.arn)}>{one.name}</Link>, isRowHeader: true },
          { id: "type", header: "Type", cell: (one) => one.type },
        ]}
      />
    </SpaceBetween>
  );
}
