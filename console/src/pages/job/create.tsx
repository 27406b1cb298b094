/** The form of a new training job, or of a clone of one: algorithm, channels, hyperparameters, and tags at its bottom. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAlgorithms } from "@/api/algorithms";
import { aws } from "@/api/aws";
import { useSession } from "@/api/session";
import { go, link } from "@/app/router";
import { Channels } from "@/pages/job/channels";
import { Hyperparameters } from "@/pages/job/hyperparameters";
import { BLANK, fromJob, problems, toRequest, type JobForm } from "@/pages/job/request";
import { Failure } from "@/parts/failure";
import { Loaded } from "@/parts/loaded";

const OWN = "(own image)";

export function CreateJob({ params }: { readonly params: URLSearchParams }) {
  const from = params.get("from");
  const cloned = useQuery({
    queryKey: ["clone", from],
    queryFn: async ({ signal }) => {
      if (from === null) return BLANK;
      const job = await aws("DescribeTrainingJob", { TrainingJobName: from }, signal);
      const tags = await aws("ListTags", { ResourceArn: job.TrainingJobArn ?? "" }, signal);
      return fromJob(job, (tags.Tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value })));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return <Loaded of={cloned}>{(start) => <Fields key={from ?? ""} start={start} title={from === null ? "Create training job" : `Create a training job like ${from}`} />}</Loaded>;
}

function Fields({ start, title }: { readonly start: JobForm; readonly title: string }) {
  const { data: session } = useSession();
  const account = session?.account ?? "000000000000";
  const bucket = `s3://sagemaker-${session?.region ?? "us-east-1"}-${account}`;
  const [form, setForm] = useState<JobForm>({ ...start, role: start.role || `arn:aws:iam::${account}:role/trialbook`, output: start.output || `${bucket}/output` });
  const [tried, setTried] = useState(false);
  const algorithms = useAlgorithms();
  const set = (part: Partial<JobForm>) => setForm((before) => ({ ...before, ...part }));
  const wrong = problems(form);
  const told = (field: string) => (tried ? (wrong[field] ?? "") : "");
  const algorithm = algorithms.data?.find((one) => one.image === form.image || repository(one.image) === repository(form.image));
  const created = useMutation({
    mutationFn: () => aws("CreateTrainingJob", toRequest(form)),
    onSuccess: () => go(link(["jobs", "training-job", form.name])),
  });
  function submit(): void {
    setTried(true);
    if (Object.keys(wrong).length === 0) created.mutate();
  }

  return (
    <form onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <Form
        header={<Header variant="h1">{title}</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" href="#/jobs">Cancel</Button>
            <Button variant="primary" loading={created.isPending}>Create training job</Button>
          </SpaceBetween>
        }
        errorText={tried && Object.keys(wrong).length > 0 ? "Some fields need another look." : undefined}
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Job settings</Header>}>
            <SpaceBetween size="m">
              <FormField label="Job name" errorText={told("name")}>
                <Input value={form.name} onChange={({ detail }) => set({ name: detail.value })} placeholder="credit-1" />
              </FormField>
              <FormField label="Algorithm" description="A built-in one, or an image of your own.">
                <Select
                  selectedOption={{ value: algorithm?.image ?? OWN, label: algorithm?.title ?? OWN }}
                  options={[...(algorithms.data ?? []).map((one) => ({ value: one.image, label: one.title, description: one.name })), { value: OWN, label: OWN }]}
                  statusType={algorithms.isPending ? "loading" : algorithms.isError ? "error" : "finished"}
                  loadingText="Loading"
                  errorText="The list of algorithms did not come."
                  onChange={({ detail }) => set({ image: detail.selectedOption.value === OWN ? "" : (detail.selectedOption.value ?? "") })}
                />
              </FormField>
              <FormField label="Image" errorText={told("image")}>
                <Input value={form.image} onChange={({ detail }) => set({ image: detail.value })} />
              </FormField>
              <FormField label="Role" errorText={told("role")}>
                <Input value={form.role} onChange={({ detail }) => set({ role: detail.value })} />
              </FormField>
            </SpaceBetween>
          </Container>
          <Channels form={form} set={set} told={told} algorithm={algorithm} />
          <Container header={<Header variant="h2">Output and resources</Header>}>
            <ColumnLayout columns={2}>
              <FormField label="Output" errorText={told("output")}><Input value={form.output} onChange={({ detail }) => set({ output: detail.value })} /></FormField>
              <FormField label="Instance type" description="Recorded as it is; the job runs on this machine."><Input value={form.instance} onChange={({ detail }) => set({ instance: detail.value })} /></FormField>
              <FormField label="Instances" errorText={told("count")}><Input type="number" value={form.count} onChange={({ detail }) => set({ count: detail.value })} /></FormField>
              <FormField label="Longest run, in seconds" errorText={told("seconds")}><Input type="number" value={form.seconds} onChange={({ detail }) => set({ seconds: detail.value })} /></FormField>
            </ColumnLayout>
          </Container>
          <Hyperparameters form={form} set={set} algorithm={algorithm} />
          <Container header={<Header variant="h2" description="Key and value; search finds jobs by them.">Tags</Header>}>
            <AttributeEditor
              items={[...form.tags]}
              addButtonText="Add tag"
              removeButtonText="Remove"
              empty="No tags."
              removeButtonAriaLabel={(one) => `Remove the tag ${one.key}`}
              onAddButtonClick={() => set({ tags: [...form.tags, { key: "", value: "" }] })}
              onRemoveButtonClick={({ detail }) => set({ tags: form.tags.filter((_one, at) => at !== detail.itemIndex) })}
              definition={[
                { label: "Key", errorText: (_one, at) => told(`tag-${at}`), control: (one, at) => <Input value={one.key} ariaLabel={`Key of tag ${at + 1}`} onChange={({ detail }) => set({ tags: form.tags.map((each, place) => (place === at ? { ...each, key: detail.value } : each)) })} /> },
                { label: "Value", control: (one, at) => <Input value={one.value} ariaLabel={`Value of tag ${at + 1}`} onChange={({ detail }) => set({ tags: form.tags.map((each, place) => (place === at ? { ...each, value: detail.value } : each)) })} /> },
              ]}
            />
          </Container>
          {created.error !== null && <Failure error={created.error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** The last part of an image's address, without its tag. */
function repository(image: string): string {
  return /([^/]*?)(?:[:@].*)?$/.exec(image)?.[1] ?? image;
}
