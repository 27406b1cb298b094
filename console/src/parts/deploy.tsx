/** Put a model, or a training job's artifacts, behind an endpoint: CreateModel, CreateEndpointConfig, CreateEndpoint. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Steps from "@cloudscape-design/components/steps";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { aws } from "@/api/aws";
import { go, link } from "@/app/router";
import { Failure } from "@/parts/failure";

/** What is deployed: a model that is there, or the makings of one. */
interface Props {
  readonly model?: string;
  readonly job?: { readonly name: string; readonly image: string; readonly artifacts: string; readonly role: string; readonly environment?: Readonly<Record<string, string>> };
  readonly done: () => void;
}

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

export function DeployForm({ model, job, done }: Props) {
  const [endpoint, setEndpoint] = useState(`${model ?? job?.name ?? "model"}`.slice(0, 50));
  const [modelName, setModelName] = useState(model ?? job?.name ?? "");
  const [instance, setInstance] = useState("ml.m5.large");
  const [count, setCount] = useState("1");
  const [step, setStep] = useState("");
  const deployed = useMutation({
    mutationFn: async () => {
      if (job !== undefined) {
        setStep("model");
        await aws("CreateModel", {
          ModelName: modelName,
          PrimaryContainer: { Image: job.image, ModelDataUrl: job.artifacts, ...(job.environment === undefined ? {} : { Environment: job.environment }) },
          ExecutionRoleArn: job.role,
        });
      }
      setStep("configuration");
      await aws("CreateEndpointConfig", {
        EndpointConfigName: endpoint,
        ProductionVariants: [{ VariantName: "AllTraffic", ModelName: modelName, InstanceType: instance as "ml.m5.large", InitialInstanceCount: Number(count), InitialVariantWeight: 1 }],
      });
      setStep("endpoint");
      await aws("CreateEndpoint", { EndpointName: endpoint, EndpointConfigName: endpoint });
    },
    onSuccess: () => go(link(["endpoints", endpoint])),
  });
  const bad = (name: string) => (NAME.test(name) ? "" : "Letters, digits and hyphens between them, 63 at most.");
  const steps = [...(job === undefined ? [] : ["model"]), "configuration", "endpoint"];
  const invalid = bad(endpoint) !== "" || bad(modelName) !== "" || !/^[1-9]\d*$/.test(count);
  return (
    <Modal
      visible
      onDismiss={done}
      header={job === undefined ? `Create an endpoint of ${model}` : `Deploy the model of ${job.name}`}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={done}>Cancel</Button>
            <Button variant="primary" disabled={invalid} loading={deployed.isPending} onClick={() => deployed.mutate()}>Deploy</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {job !== undefined && (
          <FormField label="Model name" description={job.artifacts} errorText={bad(modelName)}>
            <Input value={modelName} onChange={({ detail }) => setModelName(detail.value)} />
          </FormField>
        )}
        <FormField label="Endpoint name" description="Its configuration gets the same name." errorText={bad(endpoint)}>
          <Input value={endpoint} onChange={({ detail }) => setEndpoint(detail.value)} />
        </FormField>
        <FormField label="Instance type" description="Recorded as it is; the model runs on this machine.">
          <Input value={instance} onChange={({ detail }) => setInstance(detail.value)} />
        </FormField>
        <FormField label="Instances">
          <Input value={count} type="number" onChange={({ detail }) => setCount(detail.value)} />
        </FormField>
        {step !== "" && (
          <Steps
            ariaLabel="Deploying"
            steps={steps.map((one) => {
              const at = steps.indexOf(one) - steps.indexOf(step);
              const status = at < 0 ? "success" : at > 0 ? "pending" : deployed.isError ? "error" : "loading";
              return { header: `Create the ${one}`, status } as const;
            })}
          />
        )}
        {deployed.error !== null && <Failure error={deployed.error} />}
      </SpaceBetween>
    </Modal>
  );
}
