import { useEffect, useRef } from "react";

/** Do something every so often while it is wanted and the tab is seen. */
export function useEvery(ms: number, wanted: boolean, deed: () => void): void {
  const latest = useRef(deed);
  latest.current = deed;
  useEffect(() => {
    if (!wanted) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, ms);
    return () => clearInterval(timer);
  }, [ms, wanted]);
}
