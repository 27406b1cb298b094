import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import type { Algorithm } from "@/api/algorithms";
import type { ChannelForm, JobForm } from "@/pages/job/request";

interface Props {
  readonly form: JobForm;
  readonly set: (part: Partial<JobForm>) => void;
  readonly told: (field: string) => string;
  readonly algorithm: Algorithm | undefined;
}

export function Channels({ form, set, told, algorithm }: Props) {
  const put = (at: number, part: Partial<ChannelForm>) => set({ channels: form.channels.map((one, place) => (place === at ? { ...one, ...part } : one)) });
  const next = algorithm?.channels.find((name) => form.channels.every((one) => one.name !== name)) ?? "";
  const known = algorithm === undefined ? "" : `${algorithm.title} takes ${algorithm.channels.join(", ")}; as ${algorithm.contentTypes.join(", ")}.`;
  return (
    <Container header={<Header variant="h2" description={known}>Channels</Header>}>
      <AttributeEditor
        items={[...form.channels]}
        addButtonText="Add channel"
        removeButtonText="Remove"
        empty="No input data."
        removeButtonAriaLabel={(one) => `Remove the channel ${one.name}`}
        onAddButtonClick={() => set({ channels: [...form.channels, { name: next, uri: "", type: algorithm?.contentTypes[0] ?? "" }] })}
        onRemoveButtonClick={({ detail }) => set({ channels: form.channels.filter((_one, at) => at !== detail.itemIndex) })}
        definition={[
          { label: "Name", control: (one, at) => <Input value={one.name} ariaLabel={`Name of channel ${at + 1}`} onChange={({ detail }) => put(at, { name: detail.value })} /> },
          { label: "Where", errorText: (_one, at) => told(`channel-${at}`), control: (one, at) => <Input value={one.uri} placeholder="s3://bucket/folder" ariaLabel={`Address of channel ${at + 1}`} onChange={({ detail }) => put(at, { uri: detail.value })} /> },
          { label: "Content type", control: (one, at) => <Input value={one.type} ariaLabel={`Content type of channel ${at + 1}`} onChange={({ detail }) => put(at, { type: detail.value })} /> },
        ]}
      />
    </Container>
  );
}
