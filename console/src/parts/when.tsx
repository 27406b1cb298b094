import { showTime } from "@/query/show";

/** A time, exact to the second when pointed at. */
export function When({ at }: { readonly at: number | undefined }) {
  if (at === undefined) return <>–</>;
  return <time dateTime={new Date(at * 1000).toISOString()} title={new Date(at * 1000).toISOString()}>{showTime(at)}</time>;
}
