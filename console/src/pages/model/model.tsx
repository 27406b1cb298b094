/** A model: its containers, the training job that made it, the endpoints that serve it. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAws } from "@/api/aws";
import type { ContainerDefinition, DescribeModelOutput } from "@/api/aws-types";
import { DeployForm } from "@/parts/deploy";
import { DeleteButton } from "@/parts/delete";
import { Copied, Facts } from "@/parts/facts";
import { JobOfArtifacts } from "@/parts/training-job-of";
import { Opened } from "@/parts/opened";
import { Pairs } from "@/parts/pairs";
import { Raw } from "@/parts/raw";
import { Tags } from "@/parts/tags";
import { UsersOf } from "@/parts/users-of";
import { When } from "@/parts/when";
import { CopyRequest } from "@/records/copy-request";
import { nextName, requestOf } from "@/records/requests";

export function ModelPage({ name }: { readonly name: string; readonly params: URLSearchParams }) {
  const found = useAws("DescribeModel", { ModelName: name });
  const [deploying, setDeploying] = useState(false);
  return (
    <Opened
      of={found}
      head={(model) => ({
        kind: "Model",
        name,
        arn: model.ModelArn,
        actions: [
          <CopyRequest key="copy" arn={model.ModelArn} name={name} make={(tags) => [requestOf("CreateModel", model, { ModelName: nextName(name), Tags: tags })]} />,
          <DeleteButton key="delete" kind="model" name={name} operation="DeleteModel" input={{ ModelName: name }} back="#/models" along={<Along name={name} />} />,
          <Button key="deploy" variant="primary" onClick={() => setDeploying(true)}>Create endpoint</Button>,
        ],
      })}
    >
      {(model) => (
        <SpaceBetween size="l">
          {deploying && <DeployForm model={name} done={() => setDeploying(false)} />}
          <Container header={<Header variant="h2">Model settings</Header>}>
            <Facts
              items={[
                { label: "ARN", value: <Copied text={model.ModelArn ?? ""} /> },
                { label: "Created", value: <When at={model.CreationTime} /> },
                { label: "Role", value: model.ExecutionRoleArn },
              ]}
            />
          </Container>
          {containersOf(model).map((one, at) => <ContainerBox key={at} of={one} number={at + 1} />)}
          <Tags arn={model.ModelArn ?? ""} resource="model" />
          <Raw of={model} />
        </SpaceBetween>
      )}
    </Opened>
  );
}

/** What stays when a model goes. */
function Along({ name }: { readonly name: string }) {
  return (
    <Box>
      <div>Its artifacts and its lineage stay.</div>
      <UsersOf resource="endpoint-config" property="ProductionVariants.ModelName" name={name} fate="endpoints that serve it go on, new ones cannot be made." />
    </Box>
  );
}

function containersOf(model: DescribeModelOutput): readonly ContainerDefinition[] {
  return model.PrimaryContainer === undefined ? (model.Containers ?? []) : [model.PrimaryContainer];
}

function ContainerBox({ of, number }: { readonly of: ContainerDefinition; readonly number: number }) {
  const url = of.ModelDataUrl ?? of.ModelDataSource?.S3DataSource?.S3Uri;
  return (
    <Container header={<Header variant="h2">Container {number}</Header>}>
      <SpaceBetween size="m">
        <Facts
          items={[
            { label: "Image", value: of.Image === undefined ? undefined : <Copied text={of.Image} /> },
            { label: "Model artifacts", value: url === undefined ? undefined : <Copied text={url} /> },
            { label: "Model training job", value: url === undefined ? undefined : <JobOfArtifacts url={url} /> },
            { label: "Mode", value: of.Mode },
            { label: "Model package", value: of.ModelPackageName },
          ]}
        />
        {of.Environment !== undefined && Object.keys(of.Environment).length > 0 ? <Pairs title="Environment" of={of.Environment} /> : <Box />}
      </SpaceBetween>
    </Container>
  );
}
