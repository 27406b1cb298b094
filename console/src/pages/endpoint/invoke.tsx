/** Send a row to an endpoint and see what it answers. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { invoke } from "@/api/invoke";
import { Failure } from "@/parts/failure";

const TYPES = ["text/csv", "application/json", "application/jsonlines", "text/libsvm"];
const ANY = "(any)";

export function Invoke({ endpoint, inService, variants }: { readonly endpoint: string; readonly inService: boolean; readonly variants: readonly string[] }) {
  const [body, setBody] = useState("");
  const [type, setType] = useState(TYPES[0]!);
  const [accept, setAccept] = useState(ANY);
  const [variant, setVariant] = useState(ANY);
  const sent = useMutation({ mutationFn: () => invoke(endpoint, body, { type, accept: accept === ANY ? undefined : accept, variant: variant === ANY ? undefined : variant }) });
  const options = (words: readonly string[]) => words.map((value) => ({ value, label: value }));
  return (
    <Container header={<Header variant="h2" description="The request goes to the model as it stands here, as InvokeEndpoint sends it.">Test inference</Header>}>
      <SpaceBetween size="m">
        {!inService && <Alert type="warning">The endpoint is not in service.</Alert>}
        <SpaceBetween direction="horizontal" size="m">
          <FormField label="Content type">
            <Select selectedOption={{ value: type, label: type }} options={options(TYPES)} onChange={({ detail }) => setType(detail.selectedOption.value ?? TYPES[0]!)} />
          </FormField>
          <FormField label="Accept">
            <Select selectedOption={{ value: accept, label: accept }} options={options([ANY, ...TYPES])} onChange={({ detail }) => setAccept(detail.selectedOption.value ?? ANY)} />
          </FormField>
          {variants.length > 1 && (
            <FormField label="Variant">
              <Select selectedOption={{ value: variant, label: variant }} options={options([ANY, ...variants])} onChange={({ detail }) => setVariant(detail.selectedOption.value ?? ANY)} />
            </FormField>
          )}
        </SpaceBetween>
        <FormField label="Request" description="Rows without the label, as in training." stretch>
          <Textarea value={body} onChange={({ detail }) => setBody(detail.value)} rows={6} placeholder="39,77516,13,2174,0,40" spellcheck={false} />
        </FormField>
        <Button variant="primary" disabled={body.trim() === ""} loading={sent.isPending} onClick={() => sent.mutate()}>Send request</Button>
        {sent.error !== null && <Failure error={sent.error} />}
        {sent.data !== undefined && (
          <div role="status">
            <Box variant="awsui-key-label">Answer</Box>
            <pre className="mono program" tabIndex={0}>{sent.data.text}</pre>
            <Box variant="small">{sent.data.type}{sent.data.variant === undefined ? "" : `, variant ${sent.data.variant}`}, {Math.round(sent.data.ms)} ms</Box>
          </div>
        )}
      </SpaceBetween>
    </Container>
  );
}
