/** A short table of names and texts: hyperparameters, environment. */
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

export function Pairs({ title, of, heads = ["Name", "Value"] }: { readonly title: string; readonly of: Readonly<Record<string, string>> | undefined; readonly heads?: readonly [string, string] }) {
  const items = Object.entries(of ?? {}).map(([name, value]) => ({ name, value }));
  return (
    <Table
      variant="container"
      wrapLines
      header={<Header variant="h2" counter={`(${items.length})`}>{title}</Header>}
      items={items}
      trackBy="name"
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={[
        { id: "name", header: heads[0], cell: (one) => <span className="anywhere">{one.name}</span>, isRowHeader: true, minWidth: 240 },
        { id: "value", header: heads[1], cell: (one) => <span className="mono anywhere">{one.value}</span> },
      ]}
      empty={<Box textAlign="center">None.</Box>}
    />
  );
}
