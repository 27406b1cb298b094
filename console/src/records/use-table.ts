/** The page of records that a state asks for; the old page stays while the new one comes. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { table } from "@/api/own";
import { whereOf, type State } from "@/records/state";

export function useRecords(state: State, pinned = "") {
  const where = whereOf(state, pinned);
  const request = {
    resource: state.kind.resource,
    where,
    sort: state.sort === "" ? [] : [state.sort],
    columns: state.columns,
    limit: state.size,
    offset: (state.page - 1) * state.size,
  };
  return useQuery({
    queryKey: ["table", request],
    queryFn: ({ signal }) => table(request, signal),
    placeholderData: keepPreviousData,
  });
}
