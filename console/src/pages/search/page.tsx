import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { own } from "@/api/client";
import type { PageProps } from "@/app/routes";

interface Answer {
  readonly total: number;
  readonly records: readonly { readonly name: string }[];
}

export default function SearchPage({ params }: PageProps) {
  const query = params.get("q") ?? "";
  const found = useQuery({
    queryKey: ["search", query],
    queryFn: ({ signal }) => own<Answer>("search", { resource: "run", query, limit: 50 }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <Table
      variant="full-page"
      header={<Header variant="h1" counter={found.data === undefined ? "" : `(${found.data.total})`}>Search</Header>}
      loading={found.isPending}
      loadingText="Searching"
      items={[...(found.data?.records ?? [])]}
      columnDefinitions={[{ id: "name", header: "Name", cell: (item) => item.name, isRowHeader: true }]}
      empty="No runs yet."
    />
  );
}
