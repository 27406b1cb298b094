/** Charts that stay at the top, for all runs of an experiment; this browser remembers them. */
import { useState } from "react";

export function usePinned(experiment: string): readonly [ReadonlySet<string>, (name: string, pinned: boolean) => void] {
  const key = `trialbook-pinned:${experiment}`;
  const [names, setNames] = useState<ReadonlySet<string>>(() => read(key));
  return [
    names,
    (name, pinned) => {
      const made = new Set(names);
      if (pinned) made.add(name);
      else made.delete(name);
      localStorage.setItem(key, JSON.stringify([...made]));
      setNames(made);
    },
  ];
}

function read(key: string): ReadonlySet<string> {
  try {
    const told: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return new Set(Array.isArray(told) ? told.filter((one): one is string => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}
