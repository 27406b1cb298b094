import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { read, type Direction } from "@/pages/lineage/graph";

export function useGraph(arn: string, direction: Direction, depth: number) {
  return useQuery({
    queryKey: ["lineage", arn, direction, depth],
    queryFn: ({ signal }) => read(arn, direction, depth, signal),
    enabled: arn !== "",
    placeholderData: keepPreviousData,
  });
}
