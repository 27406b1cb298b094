/** What was deleted, and can be brought back for 30 days. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useCollection } from "@cloudscape-design/collection-hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { own } from "@/api/client";
import { attempt, notify } from "@/app/notices";
import { Failure } from "@/parts/failure";
import { When } from "@/parts/when";
import { showDuration } from "@/query/show";

interface Item {
  readonly kind: string;
  readonly name: string;
  readonly arn: string;
  readonly deleted: number;
}

const RETENTION = 30 * 86_400;

export default function BinPage() {
  const found = useQuery({ queryKey: ["bin"], queryFn: async ({ signal }) => (await own<{ items: readonly Item[] }>("bin", {}, signal)).items });
  const queries = useQueryClient();
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(found.data ?? [], {
    filtering: {
      fields: ["name", "kind"],
      empty: <Box textAlign="center">The bin is empty. What is deleted, here or by any client, lies here for 30 days.</Box>,
      noMatch: <Box textAlign="center">Nothing matches.</Box>,
    },
    pagination: { pageSize: 50 },
    sorting: {},
    selection: { keepSelection: false, trackBy: (one) => `${one.arn} ${one.deleted}` },
  });
  const chosen = collectionProps.selectedItems ?? [];
  const total = found.data?.length ?? 0;

  async function restore(): Promise<void> {
    let back = 0;
    // Oldest deletion first: an experiment's runs need it to be there.
    for (const one of [...chosen].sort((a, b) => b.deleted - a.deleted)) {
      if (await attempt(() => own("restore", { arn: one.arn }))) back += 1;
    }
    if (back > 0) notify("success", `Restored ${back === 1 ? chosen[0]!.name : `${back} records`}.`);
    await queries.invalidateQueries();
  }

  return (
    <Table
      {...collectionProps}
      variant="full-page"
      stickyHeader
      selectionType="multi"
      items={items}
      loading={found.isPending}
      loadingText="Loading"
      ariaLabels={{ tableLabel: "Bin", selectionGroupLabel: "Choose what to restore", allItemsSelectionLabel: () => "Choose all", itemSelectionLabel: (_data, one) => `Choose ${one.name}` }}
      header={
        <Header
          variant="h1"
          counter={`(${total})`}
          description="What was deleted, with its tags, metrics and connections. It is kept for 30 days, then gone for good."
          actions={<Button variant="primary" disabled={chosen.length === 0} onClick={() => void restore()}>{chosen.length < 2 ? "Restore" : `Restore (${chosen.length})`}</Button>}
        >
          Bin
        </Header>
      }
      filter={
        <SpaceBetween size="xs">
          <TextFilter {...filterProps} filteringAriaLabel="Find in the bin" filteringPlaceholder="Name or kind" countText={`${filteredItemsCount ?? 0} matches`} />
          {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
        </SpaceBetween>
      }
      pagination={total > 50 ? <Pagination {...paginationProps} /> : undefined}
      columnDefinitions={[
        { id: "name", header: "Name", sortingField: "name", cell: (one) => one.name, isRowHeader: true },
        { id: "kind", header: "Kind", sortingField: "kind", cell: (one) => one.kind },
        { id: "deleted", header: "Deleted", sortingField: "deleted", cell: (one) => <When at={one.deleted} /> },
        { id: "left", header: "Kept for another", cell: (one) => showDuration(one.deleted + RETENTION - Date.now() / 1000) },
      ]}
    />
  );
}
