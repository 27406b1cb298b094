/** One stream of events for a page's runs, told to the charts and tables that want it at most four times a second. */
import { createContext, createElement, useContext, useEffect, useRef, useState, type ReactNode } from "react";
import { follow } from "@/api/events";
import { positionOf } from "@/live/tail";

const PERIOD = 250;

export interface Points {
  readonly run: string;
  readonly metric: string;
  /** The store's position after these points, and the one that the stream had before them. */
  readonly cursor: number;
  readonly after: number;
  readonly x: readonly (number | null)[];
  readonly t: readonly number[];
  /** JSON's missing numbers are texts. */
  readonly y: readonly (number | "NaN" | "Infinity" | "-Infinity")[];
}

export interface RunState {
  readonly run: string;
  readonly status?: string;
  readonly message?: string;
  readonly start?: number;
  readonly end?: number;
}

export interface LogChunk {
  readonly run: string;
  readonly stream: string;
  readonly start: number;
  readonly time: readonly number[];
  readonly text: readonly string[];
}

export interface Told {
  readonly points: readonly Points[];
  /** Series that were written anew, as `run\nmetric`. */
  readonly changed: ReadonlySet<string>;
  readonly runs: readonly RunState[];
  readonly logs: readonly LogChunk[];
  /** The stream began anew: whatever was read before may lack something. */
  readonly reset: boolean;
}

export type Sink = (told: Told) => void;

export class Hub {
  /** Where the stream began; undefined until the server said so. */
  begun: number | undefined;
  private position = 0;
  private readonly sinks = new Set<Sink>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private next = fresh();

  /** Begin to listen; gives a function that ends it. */
  open(topics: readonly string[]): () => void {
    const end = follow(topics, (event, data, cursor) => this.hear(event, data, cursor));
    return () => {
      end();
      clearTimeout(this.timer);
      this.timer = undefined;
    };
  }

  subscribe(sink: Sink): () => void {
    this.sinks.add(sink);
    return () => this.sinks.delete(sink);
  }

  hear(event: string, data: unknown, cursor: string): void {
    if (event === "hello") {
      const now = positionOf(cursor);
      // A stream that goes on says where it is, too: nothing was missed then.
      if (this.begun === undefined) {
        this.begun = now;
        this.position = now;
        this.next.reset = true;
      }
    } else if (event === "reset") {
      this.next.reset = true;
    } else if (event === "points") {
      const points = data as Omit<Points, "after">;
      this.next.points.push({ ...points, after: this.position });
    } else if (event === "changed") {
      const { run, metric } = data as { run: string; metric: string };
      this.next.changed.add(`${run}\n${metric}`);
    } else if (event === "run") {
      this.next.runs.push(data as RunState);
    } else if (event === "log") {
      this.next.logs.push(data as LogChunk);
    } else {
      return;
    }
    if (event === "points" && cursor !== "") this.position = positionOf(cursor);
    this.timer ??= setTimeout(() => this.flush(), PERIOD);
  }

  private flush(): void {
    this.timer = undefined;
    const told = this.next;
    this.next = fresh();
    for (const sink of this.sinks) sink(told);
  }
}

interface Gathered {
  points: Points[];
  changed: Set<string>;
  runs: RunState[];
  logs: LogChunk[];
  reset: boolean;
}

function fresh(): Gathered {
  return { points: [], changed: new Set(), runs: [], logs: [], reset: false };
}

const Context = createContext<Hub | undefined>(undefined);
const MOST_TOPICS = 100;

/** Follow runs for everything inside. */
export function Live({ runs, children }: { readonly runs: readonly string[]; readonly children: ReactNode }) {
  const key = runs.slice(0, MOST_TOPICS).join("\n");
  const [hub, setHub] = useState<Hub>();
  useEffect(() => {
    const made = new Hub();
    setHub(made);
    return made.open(key === "" ? [] : key.split("\n").map((run) => `run:${run}`));
  }, [key]);
  return createElement(Context, { value: hub }, children);
}

export function useHub(): Hub | undefined {
  return useContext(Context);
}

/** Hear what happens to the page's runs; the listener may change between renders. */
export function useTold(sink: Sink): void {
  const hub = useHub();
  const latest = useRef(sink);
  latest.current = sink;
  useEffect(() => hub?.subscribe((told) => latest.current(told)), [hub]);
}
