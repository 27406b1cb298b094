/** The search as a text of the grammar, for conditions that tokens cannot say; it is looked for when Enter is pressed. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useEffect, useState } from "react";
import { writeText, type State } from "@/records/state";

export function TextBar({ state }: { readonly state: State }) {
  const [text, setText] = useState(state.text);
  useEffect(() => setText(state.text), [state.text]);
  return (
    <form data-find onSubmit={(event) => { event.preventDefault(); writeText(text.trim()); }}>
      <FormField
        label="Text"
        description={'Such as: Metrics.auc > 0.9 and (Parameters.lr in (0.1, 0.01) or not exists Tags.skip) and words'}
        secondaryControl={<Button>Search</Button>}
        stretch
      >
        <Input value={text} onChange={({ detail }) => setText(detail.value)} spellcheck={false} ariaLabel="Text of the search" placeholder="Parameters.lr < 0.1 and Tags.team = credit" />
      </FormField>
    </form>
  );
}
