import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { Ask } from "@/parts/ask";

interface Props {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly save: () => void;
  readonly close: () => void;
}

export function SaveView({ name, setName, save, close }: Props) {
  return (
    <Ask title="Save this view" verb="Save" disabled={name.trim() === ""} act={save} close={close}>
      <FormField label="Name" description="It is kept in this browser; copy the link to share it.">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
    </Ask>
  );
}
