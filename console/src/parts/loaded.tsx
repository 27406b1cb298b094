/** The three states of what a page asks for: waiting, failed, there. What is there stays while newer comes. */
import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { FailedPage, Failure } from "@/parts/failure";

interface Props<T> {
  readonly of: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
  /** The page's heading when it fails, for what is a whole page. */
  readonly title?: string;
}

export function Loaded<T>({ of, children, title }: Props<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error !== null) {
    const failed = { error: of.error, retry: () => void of.refetch() };
    return title === undefined ? <Failure {...failed} /> : <FailedPage title={title} {...failed} />;
  }
  return (
    <Box textAlign="center" padding="l">
      <Spinner size="large" />
      <Box variant="small" display="block">Loading</Box>
    </Box>
  );
}
