/** The built-in algorithms with their hyperparameters, as the server's programs check them. */
import { useQuery } from "@tanstack/react-query";
import { own } from "@/api/client";

export interface Hyperparameter {
  readonly name: string;
  readonly meaning: string;
  /** The rule in words: "a number above 0". */
  readonly valid: string;
  readonly kind: "number" | "integer" | "choice" | "flag" | "text";
  readonly required: boolean;
  readonly default: string | null;
  readonly choices: readonly string[];
  readonly minimum: number | null;
  readonly maximum: number | null;
}

export interface Algorithm {
  readonly name: string;
  readonly title: string;
  readonly image: string;
  readonly channels: readonly string[];
  readonly contentTypes: readonly string[];
  readonly hyperparameters: readonly Hyperparameter[];
}

export function useAlgorithms() {
  return useQuery({ queryKey: ["algorithms"], queryFn: async ({ signal }) => (await own<{ algorithms: readonly Algorithm[] }>("algorithms", {}, signal)).algorithms, staleTime: Number.POSITIVE_INFINITY });
}
