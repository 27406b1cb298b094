/** Deploy the model of a chosen training job, or of the job that a chosen run is of. */
import { useQuery } from "@tanstack/react-query";
import { aws } from "@/api/aws";
import { Ask } from "@/parts/ask";
import { DeployForm } from "@/parts/deploy";
import { Failure } from "@/parts/failure";
import type { Chosen } from "@/records/chosen";

export function DeployBest({ chosen, close }: { readonly chosen: Chosen; readonly close: (changed: boolean) => void }) {
  const name = chosen.rows[0]?.name ?? "";
  const found = useQuery({
    queryKey: ["deployable", chosen.state.kind.resource, name],
    queryFn: async ({ signal }) => {
      let job: string | undefined = name;
      if (chosen.state.kind.resource === "run") {
        const run = await aws("DescribeTrialComponent", { TrialComponentName: name }, signal);
        job = /:training-job\/(.+)$/.exec(run.Source?.SourceArn ?? "")?.[1];
      }
      if (job === undefined) return { problem: `${name} is of no training job: an endpoint needs a job's image and model. Make a model from the run's artifact by CreateModel instead.` };
      const told = await aws("DescribeTrainingJob", { TrainingJobName: job }, signal);
      const [image, artifacts] = [told.AlgorithmSpecification?.TrainingImage, told.ModelArtifacts?.S3ModelArtifacts];
      if (image === undefined || artifacts === undefined) return { problem: `The training job ${job} has no model.` };
      return { job: { name: job, image, artifacts, role: told.RoleArn ?? "" } };
    },
  });
  if (found.data?.job !== undefined) return <DeployForm job={found.data.job} done={() => close(false)} />;
  return (
    <Ask title={`Deploy the model of ${name}`} verb="Deploy" disabled act={() => undefined} close={() => close(false)} busy={found.isPending}>
      {found.error !== null ? <Failure error={found.error} /> : (found.data?.problem ?? "Looking for its model.")}
    </Ask>
  );
}
