/** An endpoint configuration: its variants with their models, and the training job of each model. */
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useAws } from "@/api/aws";
import type { ProductionVariantSummary } from "@/api/aws-types";
import { link } from "@/app/router";
import { TrainingJobOf } from "@/parts/training-job-of";
import { Facts } from "@/parts/facts";
import { Loaded } from "@/parts/loaded";
import { Raw } from "@/parts/raw";
import { When } from "@/parts/when";

export function Configuration({ name, live = [], raw = false }: { readonly name: string; readonly live?: readonly ProductionVariantSummary[]; readonly raw?: boolean }) {
  const found = useAws("DescribeEndpointConfig", { EndpointConfigName: name });
  return (
    <Loaded of={found}>
      {(config) => (
        <SpaceBetween size="l">
          <Table
            variant="container"
            header={<Header variant={raw ? "h2" : "h3"} counter={`(${config.ProductionVariants?.length ?? 0})`}>Production variants</Header>}
            items={[...(config.ProductionVariants ?? [])]}
            trackBy="VariantName"
            ariaLabels={{ tableLabel: "Production variants" }}
            columnDefinitions={[
              { id: "model", header: "Model name", cell: (one) => (one.ModelName === undefined ? "–" : <Link href={link(["models", one.ModelName])}>{one.ModelName}</Link>) },
              { id: "job", header: "Model training job", cell: (one) => (one.ModelName === undefined ? "–" : <TrainingJobOf model={one.ModelName} />) },
              { id: "variant", header: "Variant", cell: (one) => one.VariantName, isRowHeader: true },
              { id: "type", header: "Instance type", cell: (one) => one.InstanceType ?? (one.ServerlessConfig === undefined ? "–" : "serverless") },
              { id: "count", header: "Instances", cell: (one) => live.find((each) => each.VariantName === one.VariantName)?.CurrentInstanceCount ?? one.InitialInstanceCount ?? "–" },
              { id: "weight", header: "Weight", cell: (one) => live.find((each) => each.VariantName === one.VariantName)?.CurrentWeight ?? one.InitialVariantWeight ?? "–" },
            ]}
            empty={<Box textAlign="center">None.</Box>}
          />
          <Facts
            items={[
              { label: "Configuration", value: <Link href={link(["endpoint-configs", name])}>{name}</Link> },
              { label: "Created", value: <When at={config.CreationTime} /> },
              { label: "Data capture", value: config.DataCaptureConfig === undefined ? undefined : `${config.DataCaptureConfig.InitialSamplingPercentage} % to ${config.DataCaptureConfig.DestinationS3Uri}` },
            ]}
          />
          {raw && <Raw of={config} />}
        </SpaceBetween>
      )}
    </Loaded>
  );
}
