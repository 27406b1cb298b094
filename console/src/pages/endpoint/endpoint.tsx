/** An endpoint; its settings lead to its configuration, models and training jobs, one click each. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { aws, useAws } from "@/api/aws";
import { useEvery } from "@/api/every";
import { link } from "@/app/router";
import { notify } from "@/app/notices";
import { Configuration } from "@/pages/endpoint/configuration";
import { Invoke } from "@/pages/endpoint/invoke";
import { UpdateForm } from "@/pages/endpoint/update";
import { AddressedTabs } from "@/parts/addressed-tabs";
import { DeleteButton } from "@/parts/delete";
import { Copied, Facts } from "@/parts/facts";
import { Opened } from "@/parts/opened";
import { Raw } from "@/parts/raw";
import { Tags } from "@/parts/tags";
import { When } from "@/parts/when";
import { Status } from "@/records/columns";
import { CopyRequest } from "@/records/copy-request";
import { nextName, requestOf, type Request } from "@/records/requests";

const MOVING = new Set(["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"]);

export function EndpointPage({ name, params }: { readonly name: string; readonly params: URLSearchParams }) {
  const found = useAws("DescribeEndpoint", { EndpointName: name });
  const [updating, setUpdating] = useState(false);
  useEvery(2_000, MOVING.has(found.data?.EndpointStatus ?? ""), () => void found.refetch());
  return (
    <Opened
      of={found}
      head={(endpoint) => ({
        kind: "Endpoint",
        name,
        status: endpoint.EndpointStatus,
        arn: endpoint.EndpointArn,
        actions: [
          <CopyRequest key="copy" arn={endpoint.EndpointArn} name={name} make={(tags) => requests(name, endpoint.EndpointConfigName ?? "", tags)} />,
          <Button key="update" disabled={endpoint.EndpointStatus !== "InService"} disabledReason="Only an endpoint in service can be updated." onClick={() => setUpdating(true)}>Update</Button>,
          <DeleteButton key="delete" kind="endpoint" name={name} operation="DeleteEndpoint" input={{ EndpointName: name }} back="#/endpoints" along={<Along config={endpoint.EndpointConfigName ?? ""} />} />,
        ],
      })}
    >
      {(endpoint) => (
        <SpaceBetween size="l">
          {updating && (
            <UpdateForm
              endpoint={name}
              config={endpoint.EndpointConfigName ?? ""}
              done={(changed) => {
                setUpdating(false);
                if (!changed) return;
                notify("success", `${name} is being updated.`);
                void found.refetch();
              }}
            />
          )}
          {endpoint.FailureReason !== undefined && <Alert type="error" header="It failed">{endpoint.FailureReason}</Alert>}
          <AddressedTabs
            params={params}
            tabs={[
              {
                id: "settings",
                label: "Settings",
                content: (
                  <SpaceBetween size="l">
                    <Container header={<Header variant="h2">Endpoint settings</Header>}>
                      <Facts
                        items={[
                          { label: "Status", value: <Status value={endpoint.EndpointStatus ?? ""} /> },
                          { label: "ARN", value: <Copied text={endpoint.EndpointArn ?? ""} /> },
                          { label: "Created", value: <When at={endpoint.CreationTime} /> },
                          { label: "Last changed", value: <When at={endpoint.LastModifiedTime} /> },
                          { label: "Endpoint configuration", value: <Link href={link(["endpoint-configs", endpoint.EndpointConfigName ?? ""])}>{endpoint.EndpointConfigName}</Link> },
                        ]}
                      />
                    </Container>
                    <Header variant="h2">Endpoint configuration settings</Header>
                    <Configuration name={endpoint.EndpointConfigName ?? ""} live={endpoint.ProductionVariants ?? []} />
                  </SpaceBetween>
                ),
              },
              { id: "test", label: "Test", content: <Invoke endpoint={name} inService={endpoint.EndpointStatus === "InService"} variants={(endpoint.ProductionVariants ?? []).map((one) => one.VariantName)} /> },
              { id: "tags", label: "Tags", content: <Tags arn={endpoint.EndpointArn ?? ""} resource="endpoint" /> },
              { id: "raw", label: "Raw", content: <Raw of={endpoint} /> },
            ]}
          />
        </SpaceBetween>
      )}
    </Opened>
  );
}

/** What goes with an endpoint, and what stays. */
function Along({ config }: { readonly config: string }) {
  const found = useAws("DescribeEndpointConfig", { EndpointConfigName: config });
  const models = [...new Set((found.data?.ProductionVariants ?? []).flatMap((one) => (one.ModelName === undefined ? [] : [one.ModelName])))];
  return (
    <Box>
      <div>It answers no more requests; the processes of its models stop. Restored, it serves again.</div>
      <div>
        Its configuration <Link href={link(["endpoint-configs", config])}>{config}</Link>
        {models.length > 0 && <> and its {models.length === 1 ? "model" : "models"} {models.map((one, at) => <span key={one}>{at > 0 && ", "}<Link href={link(["models", one])}>{one}</Link></span>)}</>} stay, with its lineage.
      </div>
    </Box>
  );
}

/** The configuration again under another name, and an endpoint of it. */
async function requests(name: string, config: string, tags: readonly object[]): Promise<readonly Request[]> {
  const described = await aws("DescribeEndpointConfig", { EndpointConfigName: config });
  const fresh = nextName(config);
  return [requestOf("CreateEndpointConfig", described, { EndpointConfigName: fresh }), requestOf("CreateEndpoint", {}, { EndpointName: nextName(name), EndpointConfigName: fresh, Tags: tags })];
}
