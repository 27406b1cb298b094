/** What went wrong, with the server's own words, the request's number, and a way to try again. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { ApiError } from "@/api/client";

interface Props {
  readonly error: unknown;
  readonly retry?: () => void;
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
