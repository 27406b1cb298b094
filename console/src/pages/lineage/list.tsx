import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useCollection } from "@cloudscape-design/collection-hooks";
import type { Graph, Node } from "@/pages/lineage/graph";

export function GraphList({ graph, choose }: { readonly graph: Graph; readonly choose: (node: Node) => void }) {
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(graph.nodes, {
    filtering: { fields: ["name", "type"], empty: <Box>None.</Box>, noMatch: <Box textAlign="center">Nothing matches.</Box> },
    pagination: { pageSize: 50 },
    sorting: {},
  });
  const from = (id: string) => graph.edges.filter((one) => one.target === id).length;
  const to = (id: string) => graph.edges.filter((one) => one.source === id).length;
  return (
    <Table
      {...collectionProps}
      variant="container"
      wrapLines
      items={items}
      trackBy="id"
      ariaLabels={{ tableLabel: "Lineage" }}
      header={<Header variant="h2" counter={`(${graph.nodes.length})`}>Records</Header>}
      filter={<TextFilter {...filterProps} filteringAriaLabel="Find in the lineage" filteringPlaceholder="Name or type" countText={`${filteredItemsCount ?? 0} matches`} />}
      pagination={graph.nodes.length > 50 ? <Pagination {...paginationProps} /> : undefined}
      columnDefinitions={[
        { id: "name", header: "Name", sortingField: "name", isRowHeader: true, cell: (one) => <span className="anywhere"><Link href="#" onFollow={(event) => { event.preventDefault(); choose(one); }}>{one.name}</Link></span> },
        { id: "type", header: "Type", sortingField: "type", cell: (one) => one.type },
        { id: "from", header: "Made of", cell: (one) => from(one.id) },
        { id: "to", header: "Made into", cell: (one) => to(one.id) },
      ]}
    />
  );
}
