/** What is known of the server: whether it answers, knows us, and is of the page's version. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { watch } from "@/api/client";
import { useSession } from "@/api/session";

const AGAIN_MS = 2_000;
const CALM_MS = 15_000;

export function useConnection() {
  const [reachable, setReachable] = useState(true);
  const [upgraded, setUpgraded] = useState(false);
  const [signedOut, setSignedOut] = useState(false);
  const session = useSession();
  const queries = useQueryClient();

  const { refetch } = session;
  useEffect(
    () =>
      watch((fact) => {
        if (fact === "doubtful") void refetch();
        if (fact === "signed-out") setSignedOut(true);
        if (fact === "upgraded") setUpgraded(true);
        if (fact === "unreachable") setReachable(false);
        if (fact === "reachable") setReachable(true);
      }),
    [refetch],
  );

  // Asked now and then, so that a page at rest says so too; often while the server is away.
  useEffect(() => {
    const timer = setInterval(() => void (document.hidden ? undefined : refetch()), reachable ? CALM_MS : AGAIN_MS);
    return () => clearInterval(timer);
  }, [reachable, refetch]);

  const [before, setBefore] = useState(true);
  useEffect(() => {
    if (reachable && !before) void queries.invalidateQueries();
    setBefore(reachable);
  }, [reachable, before, queries]);

  return {
    session: session.data,
    reachable,
    upgraded,
    signedOut: signedOut || session.data?.signedIn === false,
    /** The user signed out, or in again. */
    setSignedOut: (out: boolean) => {
      setSignedOut(out);
      if (!out) void queries.invalidateQueries();
    },
  };
}
