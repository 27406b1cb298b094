/** The page of one record: waiting, failed, or its head with what can be done with it, and then its own parts. */
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { link } from "@/app/router";
import { Loaded } from "@/parts/loaded";
import { Status } from "@/records/columns";

export interface Head {
  /** The word for its kind, below its name. */
  readonly kind: string;
  readonly name: string;
  readonly status?: string | undefined;
  /** Where its lineage begins; absent where it has none. */
  readonly arn?: string | undefined;
  /** Buttons with keys; that of the lineage comes first. */
  readonly actions?: readonly ReactNode[];
}

interface Props<T> {
  readonly of: UseQueryResult<T>;
  readonly head: (record: T) => Head;
  readonly children: (record: T) => ReactNode;
}

export function Opened<T>({ of, head, children }: Props<T>) {
  return (
    <Loaded of={of} title="This page cannot be shown">
      {(record) => {
        const { kind, name, status, arn, actions = [] } = head(record);
        return (
          <SpaceBetween size="l">
            <Header
              variant="h1"
              description={kind}
              {...(status === undefined || status === "" ? {} : { info: <Status value={status} /> })}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  {arn !== undefined && arn !== "" && <Button href={link(["lineage"], { arn })}>Lineage</Button>}
                  {actions}
                </SpaceBetween>
              }
            >
              {name}
            </Header>
            {children(record)}
          </SpaceBetween>
        );
      }}
    </Loaded>
  );
}
