/** An endpoint; its settings lead to its configuration, models and training jobs, one click each. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useAws } from "@/api/aws";
import { useEvery } from "@/api/every";
import { change, link } from "@/app/router";
import { DeleteButton } from "@/parts/delete";
import { Configuration } from "@/pages/endpoint/configuration";
import { Invoke } from "@/pages/endpoint/invoke";
import { Copied, Facts } from "@/parts/facts";
import { Loaded } from "@/parts/loaded";
import { Raw } from "@/parts/raw";
import { Tags } from "@/parts/tags";
import { When } from "@/parts/when";
import { Status } from "@/records/columns";

const MOVING = new Set(["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"]);

export function EndpointPage({ name, params }: { readonly name: string; readonly params: URLSearchParams }) {
  const found = useAws("DescribeEndpoint", { EndpointName: name });
  useEvery(2_000, MOVING.has(found.data?.EndpointStatus ?? ""), () => void found.refetch());
  return (
    <Loaded of={found}>
      {(endpoint) => (
        <SpaceBetween size="l">
          <Header
            variant="h1"
            description="Endpoint"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button href={link(["lineage"], { arn: endpoint.EndpointArn })}>Lineage</Button>
                <DeleteButton kind="endpoint" name={name} operation="DeleteEndpoint" input={{ EndpointName: name }} back="#/endpoints" />
              </SpaceBetween>
            }
          >
            {name}
          </Header>
          {endpoint.FailureReason !== undefined && <Alert type="error" header="It failed">{endpoint.FailureReason}</Alert>}
          <Tabs
            activeTabId={params.get("tab") ?? "settings"}
            onChange={({ detail }) => change({ tab: detail.activeTabId === "settings" ? undefined : detail.activeTabId })}
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
          <Box />
        </SpaceBetween>
      )}
    </Loaded>
  );
}
