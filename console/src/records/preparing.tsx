/** While the first answer is awaited: how far the server is with the columns of search, when it makes them. */
import Alert from "@cloudscape-design/components/alert";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { columns } from "@/api/own";

const PATIENCE_MS = 800;
const AGAIN_MS = 1_000;

/** `ready` is called once the columns are there, if they were not. */
export function Preparing({ ready }: { readonly ready: () => void }) {
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAsking(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  const [awaited, setAwaited] = useState(false);
  const { data } = useQuery({
    queryKey: ["columns"],
    queryFn: ({ signal }) => columns(signal),
    enabled: asking,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.data?.ready === true ? false : AGAIN_MS),
  });
  useEffect(() => {
    if (data?.ready === false) setAwaited(true);
    if (data?.ready === true && awaited) ready();
  }, [data?.ready, awaited, ready]);
  if (data === undefined || data.ready) return undefined;
  return (
    <Alert type="info" header={`Columns are being prepared: ${data.percent} %`}>
      The server reads a large store for the first time. What you asked for is shown when it is done.
      <ProgressBar value={data.percent} ariaLabel="Columns prepared" />
    </Alert>
  );
}
