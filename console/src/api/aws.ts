/** SageMaker's operations with their types, as questions that components ask and as deeds. */
import { useQuery } from "@tanstack/react-query";
import { op, type ApiError } from "@/api/client";
import type { Operations } from "@/api/aws-types";

export type Input<Name extends keyof Operations> = Operations[Name]["input"];
export type Output<Name extends keyof Operations> = Operations[Name]["output"];

/** Run an operation. */
export function aws<Name extends keyof Operations>(name: Name, input: Input<Name>, signal?: AbortSignal): Promise<Output<Name>> {
  return op<Output<Name>>(name, input, signal);
}

/** Ask for what an operation describes; asked only while `enabled`. */
export function useAws<Name extends keyof Operations>(name: Name, input: Input<Name>, enabled = true) {
  return useQuery<Output<Name>, ApiError>({
    queryKey: ["aws", name, input],
    queryFn: ({ signal }) => aws(name, input, signal),
    enabled,
  });
}
