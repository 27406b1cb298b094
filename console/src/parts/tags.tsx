/** A record's tags, changed in place: AddTags and DeleteTags. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { aws, useAws } from "@/api/aws";
import { link } from "@/app/router";
import Link from "@cloudscape-design/components/link";
import { encode } from "@/query/filter";
import { Failure } from "@/parts/failure";

/** `resource` is the search's word for the kind: a tag's value links to the records that have the same. */
export function Tags({ arn, resource }: { readonly arn: string; readonly resource: string }) {
  const found = useAws("ListTags", { ResourceArn: arn });
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const [value, setValue] = useState("");
  const [error, setError] = useState<unknown>();
  const tags = found.data?.Tags ?? [];

  async function change(deed: Promise<unknown>): Promise<void> {
    try {
      await deed;
      setError(undefined);
      setKey("");
      setValue("");
    } catch (failure) {
      setError(failure);
    }
    await Promise.all([found.refetch(), queries.invalidateQueries({ queryKey: ["table"] }), queries.invalidateQueries({ queryKey: ["properties"] })]);
  }

  const add = (name: string, text: string) => change(aws("AddTags", { ResourceArn: arn, Tags: [{ Key: name, Value: text }] }));
  return (
    <Table
      variant="container"
      wrapLines
      header={<Header variant="h2" counter={`(${tags.length})`}>Tags</Header>}
      items={[...tags]}
      trackBy="Key"
      loading={found.isPending}
      loadingText="Loading"
      ariaLabels={{ tableLabel: "Tags", activateEditLabel: (column, one) => `Edit ${String(column.header)} of ${one.Key}`, cancelEditLabel: () => "Cancel", submitEditLabel: () => "Save" }}
      columnDefinitions={[
        { id: "key", header: "Key", cell: (one) => <span className="anywhere">{one.Key}</span>, isRowHeader: true, minWidth: 100 },
        {
          id: "value",
          header: "Value",
          cell: (one) => <span className="anywhere"><Link href={link(["search"], { resource, f: encode({ join: "and", nodes: [{ property: `Tags.${one.Key}`, operator: "=", values: [one.Value] }] }) })}>{one.Value === "" ? "(empty)" : one.Value}</Link></span>,
          editConfig: {
            ariaLabel: "Value",
            editIconAriaLabel: "editable",
            editingCell: (one, { currentValue, setValue: set }) => <Input autoFocus ariaLabel={`Value of ${one.Key}`} value={typeof currentValue === "string" ? currentValue : one.Value} onChange={({ detail }) => set(detail.value)} />,
          },
        },
        { id: "delete", header: "Delete", width: 90, cell: (one) => <Button variant="inline-icon" iconName="remove" ariaLabel={`Delete the tag ${one.Key}`} onClick={() => void change(aws("DeleteTags", { ResourceArn: arn, TagKeys: [one.Key] }))} /> },
      ]}
      submitEdit={(one, _column, written) => add(one.Key, String(written))}
      empty={<Box textAlign="center">No tags.</Box>}
      footer={
        <SpaceBetween size="xs">
          {error !== undefined && <Failure error={error} />}
          {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
          <form onSubmit={(event) => { event.preventDefault(); if (key.trim() !== "") void add(key.trim(), value); }}>
            <SpaceBetween direction="horizontal" size="xs">
              <Input value={key} onChange={({ detail }) => setKey(detail.value)} placeholder="Key" ariaLabel="Key of a new tag" />
              <Input value={value} onChange={({ detail }) => setValue(detail.value)} placeholder="Value" ariaLabel="Value of a new tag" />
              <Button disabled={key.trim() === ""}>Add tag</Button>
            </SpaceBetween>
          </form>
        </SpaceBetween>
      }
    />
  );
}
