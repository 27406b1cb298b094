/** The run that holds a job's record: the one that its ExperimentConfig names, else the job's own. */
import { useQuery } from "@tanstack/react-query";
import { table } from "@/api/own";
import type { JobDocument } from "@/pages/job/document";

/** Undefined while it is looked for, null where there is none. */
export function useRunOf(job: JobDocument | undefined, arn: string): string | null | undefined {
  const named = job?.ExperimentConfig?.RunName;
  const where = `Source.SourceArn = ${JSON.stringify(arn)}`;
  const found = useQuery({
    queryKey: ["table", "run", where],
    queryFn: ({ signal }) => table({ resource: "run", where, columns: [], limit: 1 }, signal),
    enabled: named === undefined && arn !== "",
    retry: false,
  });
  if (named !== undefined) return named;
  return found.isPending ? undefined : (found.data?.names[0] ?? null);
}
