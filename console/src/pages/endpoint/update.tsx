/** Let an endpoint serve another configuration: UpdateEndpoint. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { aws, useAws } from "@/api/aws";
import { table } from "@/api/own";
import { link } from "@/app/router";
import { Ask } from "@/parts/ask";
import { Failure } from "@/parts/failure";

interface Props {
  readonly endpoint: string;
  /** The configuration that it has. */
  readonly config: string;
  readonly done: (changed: boolean) => void;
}

export function UpdateForm({ endpoint, config, done }: Props) {
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const [retain, setRetain] = useState(false);
  const found = useQuery({
    queryKey: ["table", "endpoint-config", "to update", text],
    queryFn: ({ signal }) => table({ resource: "endpoint-config", where: text === "" ? "" : `EndpointConfigName contains ${JSON.stringify(text)}`, sort: ["-CreationTime"], columns: [], limit: 50 }, signal),
    placeholderData: keepPreviousData,
  });
  const chosen = useAws("DescribeEndpointConfig", { EndpointConfigName: to }, to !== "");
  const updated = useMutation({
    mutationFn: () => aws("UpdateEndpoint", { EndpointName: endpoint, EndpointConfigName: to, ...(retain ? { RetainAllVariantProperties: true } : {}) }),
    onSuccess: () => done(true),
  });
  const options = (found.data?.names ?? []).filter((one) => one !== config).map((value) => ({ value, label: value }));
  return (
    <Ask title={`Update ${endpoint}`} verb="Update" act={() => updated.mutate()} close={() => done(false)} busy={updated.isPending} disabled={to === ""}>
      <SpaceBetween size="m">
        <FormField label="Endpoint configuration" description={`It serves ${config} now, and goes on until the other one is ready.`}>
          <Select
            selectedOption={to === "" ? null : { value: to, label: to }}
            options={options}
            filteringType="manual"
            onLoadItems={({ detail }) => setText(detail.filteringText)}
            statusType={found.isFetching ? "loading" : found.isError ? "error" : "finished"}
            loadingText="Looking"
            errorText="The configurations did not come."
            empty="There is no other configuration."
            placeholder="Choose a configuration"
            filteringAriaLabel="Find a configuration"
            onChange={({ detail }) => setTo(detail.selectedOption.value ?? "")}
          />
        </FormField>
        {chosen.data !== undefined && (
          <Box>
            {(chosen.data.ProductionVariants ?? []).map((one) => (
              <div key={one.VariantName}>
                {one.VariantName}: {one.ModelName === undefined ? "no model" : <Link href={link(["models", one.ModelName])}>{one.ModelName}</Link>}, weight {one.InitialVariantWeight ?? 1}
              </div>
            ))}
          </Box>
        )}
        <Checkbox checked={retain} onChange={({ detail }) => setRetain(detail.checked)} description="Of variants that have the same name in both configurations.">
          Keep instance counts and weights
        </Checkbox>
        <Alert type="info">Where the new models do not start, the endpoint goes back to {config}.</Alert>
        {updated.error !== null && <Failure error={updated.error} />}
      </SpaceBetween>
    </Ask>
  );
}
