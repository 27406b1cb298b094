/** What went wrong, with the server's own words, the request's number, and a way to try again. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ApiError } from "@/api/client";

interface Props {
  readonly error: unknown;
  readonly retry?: () => void;
}

/** A whole page that cannot be shown: its heading, and why. */
export function FailedPage({ title, ...failure }: Props & { readonly title: string }) {
  return (
    <SpaceBetween size="m">
      <Header variant="h1">{title}</Header>
      <Failure {...failure} />
    </SpaceBetween>
  );
}

export function Failure({ error, retry }: Props) {
  const told = error instanceof ApiError ? error : undefined;
  return (
    <Alert type="error" header={told?.code ?? "Error"} {...(retry === undefined ? {} : { action: <Button onClick={retry}>Try again</Button> })}>
      <div className="mono told">{told?.message ?? String(error)}</div>
      {told?.requestId !== undefined && <Box variant="small">Request {told.requestId}</Box>}
    </Alert>
  );
}
