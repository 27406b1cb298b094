/** The page of records that a state asks for; the old page stays while the new one comes, and it follows the store. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { table, type TableAnswer } from "@/api/own";
import { isInUse, useNews } from "@/live/news";
import { whereOf, type State } from "@/records/state";

function requestOf(state: State, pinned: string) {
  return {
    resource: state.kind.resource,
    where: whereOf(state, pinned),
    sort: state.sort === "" ? [] : [state.sort],
    columns: state.columns,
    limit: state.size,
    offset: (state.page - 1) * state.size,
  };
}

export function useRecords(state: State, pinned = "") {
  const request = requestOf(state, pinned);
  return useQuery({
    queryKey: ["table", request],
    queryFn: ({ signal }) => table(request, signal),
    placeholderData: keepPreviousData,
  });
}

/** Keep the page as the store has it. Rows that came or went wait while the user is at work on the page's, and `held`
 * says so: what was found, and how many more there are; undefined when nothing waits. */
export function useFresh(state: State, pinned: string, shown: TableAnswer | undefined, chosen: boolean) {
  const queries = useQueryClient();
  const [held, setHeld] = useState<TableAnswer>();
  const request = requestOf(state, pinned);
  useNews([`search:${request.resource}`], async () => {
    const key = ["table", request];
    const before = queries.getQueryData<TableAnswer>(key);
    const now = await table(request);
    if (before === undefined) return;
    if (sameRows(before, now) || !(chosen || state.page > 1 || isInUse())) {
      queries.setQueryData(key, now);
      setHeld(undefined);
    } else setHeld(now);
  });
  const waits = held !== undefined && shown !== undefined && !sameRows(held, shown);
  return { more: waits ? held.total - shown.total : undefined, clear: () => setHeld(undefined) };
}

function sameRows(one: TableAnswer, other: TableAnswer): boolean {
  return one.total === other.total && one.arns.length === other.arns.length && one.arns.every((arn, at) => arn === other.arns[at]);
}
