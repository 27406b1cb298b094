/** The three states of what a page asks for: waiting, failed, there. What is there stays while newer comes. */
import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure } from "@/parts/failure";

interface Props<T> {
  readonly of: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

export function Loaded<T>({ of, children }: Props<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error !== null) return <Failure error={of.error} retry={() => void of.refetch()} />;
  return (
    <Box textAlign="center" padding="l">
      <Spinner size="large" />
      <Box variant="small" display="block">Loading</Box>
    </Box>
  );
}
