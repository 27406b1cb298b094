/** The training job that made a model, by the artifacts that both name. */
import Link from "@cloudscape-design/components/link";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useAws } from "@/api/aws";
import { table } from "@/api/own";
import { link } from "@/app/router";
import { toText } from "@/query/filter";

export function TrainingJobOf({ model }: { readonly model: string }) {
  const found = useAws("DescribeModel", { ModelName: model });
  if (found.isPending) return <Spinner />;
  const container = found.data?.PrimaryContainer ?? found.data?.Containers?.[0];
  const url = container?.ModelDataUrl ?? container?.ModelDataSource?.S3DataSource?.S3Uri;
  return url === undefined ? <>–</> : <JobOfArtifacts url={url} />;
}

export function JobOfArtifacts({ url }: { readonly url: string }) {
  const where = toText({ join: "and", nodes: [{ property: "ModelArtifacts.S3ModelArtifacts", operator: "=", values: [url] }] });
  const found = useQuery({
    queryKey: ["table", "training-job", where],
    queryFn: ({ signal }) => table({ resource: "training-job", where, columns: [], limit: 1 }, signal),
  });
  if (found.isPending) return <Spinner />;
  const name = found.data?.names[0];
  return name === undefined ? <span title={`No training job here made ${url}`}>none here</span> : <Link href={link(["jobs", "training-job", name])}>{name}</Link>;
}
