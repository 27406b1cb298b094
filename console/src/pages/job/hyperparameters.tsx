/** Hyperparameters: the algorithm's own, each with its rule and default, and any others by name. */
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Algorithm, Hyperparameter } from "@/api/algorithms";
import type { JobForm } from "@/pages/job/request";

interface Props {
  readonly form: JobForm;
  readonly set: (part: Partial<JobForm>) => void;
  readonly algorithm: Algorithm | undefined;
}

const UNSET = "(default)";

export function Hyperparameters({ form, set, algorithm }: Props) {
  const known = algorithm?.hyperparameters ?? [];
  const given = form.hyperparameters;
  const first = known.filter((one) => one.required || given[one.name] !== undefined);
  const rest = known.filter((one) => !first.includes(one));
  const put = (name: string, text: string) => set({ hyperparameters: { ...given, [name]: text } });
  return (
    <Container header={<Header variant="h2" description={algorithm === undefined ? "" : `What ${algorithm.title} checks before it trains.`}>Hyperparameters</Header>}>
      <SpaceBetween size="m">
        {first.length > 0 && <ColumnLayout columns={3}>{first.map((one) => <Field key={one.name} of={one} text={given[one.name] ?? ""} put={put} />)}</ColumnLayout>}
        {rest.length > 0 && (
          <ExpandableSection headerText={`${first.length > 0 ? "More" : "All"} hyperparameters (${rest.length})`}>
            <ColumnLayout columns={3}>{rest.map((one) => <Field key={one.name} of={one} text={given[one.name] ?? ""} put={put} />)}</ColumnLayout>
          </ExpandableSection>
        )}
        <Others known={known} given={given} set={(hyperparameters) => set({ hyperparameters })} />
      </SpaceBetween>
    </Container>
  );
}

function Field({ of, text, put }: { readonly of: Hyperparameter; readonly text: string; readonly put: (name: string, text: string) => void }) {
  const wrong = text === "" ? "" : problem(of, text);
  return (
    <FormField label={of.name} description={of.meaning} constraintText={of.valid + (of.required ? ", required" : of.default === null ? "" : `, ${of.default} by default`)} errorText={wrong}>
      {of.choices.length > 0 ? (
        <Select
          selectedOption={{ value: text === "" ? UNSET : text, label: text === "" ? UNSET : text }}
          options={[UNSET, ...of.choices].map((value) => ({ value, label: value }))}
          onChange={({ detail }) => put(of.name, detail.selectedOption.value === UNSET ? "" : (detail.selectedOption.value ?? ""))}
        />
      ) : (
        <Input value={text} placeholder={of.default ?? ""} onChange={({ detail }) => put(of.name, detail.value)} {...(of.kind === "number" || of.kind === "integer" ? { inputMode: "decimal" as const } : {})} />
      )}
    </FormField>
  );
}

/** What the rule has against a text; the server checks again when the job starts. */
export function problem(of: Hyperparameter, text: string): string {
  if (of.kind !== "number" && of.kind !== "integer") return "";
  if (text === "auto" && of.valid.includes("auto")) return "";
  const value = Number(text);
  const whole = of.kind === "number" || Number.isInteger(value);
  const held = (of.minimum === null || value >= of.minimum) && (of.maximum === null || value <= of.maximum);
  return text.trim() !== "" && Number.isFinite(value) && whole && held ? "" : `It must be ${of.valid}.`;
}

function Others({ known, given, set }: { readonly known: readonly Hyperparameter[]; readonly given: Readonly<Record<string, string>>; readonly set: (all: Readonly<Record<string, string>>) => void }) {
  const names = new Set(known.map((one) => one.name));
  const own = Object.entries(given).filter(([name]) => !names.has(name));
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const without = (gone: string) => Object.fromEntries(Object.entries(given).filter(([each]) => each !== gone));
  return (
    <SpaceBetween size="xs">
      {own.length > 0 && (
        <AttributeEditor
          items={own}
          hideAddButton
          addButtonText=""
          removeButtonText="Remove"
          removeButtonAriaLabel={([each]) => `Remove ${each}`}
          onRemoveButtonClick={({ detail }) => set(without(own[detail.itemIndex]![0]))}
          definition={[
            { label: "Name", control: ([each]) => each },
            { label: "Value", control: ([each, value]) => <Input value={value} ariaLabel={`Value of ${each}`} onChange={({ detail }) => set({ ...given, [each]: detail.value })} /> },
          ]}
        />
      )}
      <FormField label="Another one" description="For scripts and images of your own.">
        <SpaceBetween direction="horizontal" size="xs">
          <Input value={name} ariaLabel="Name of another hyperparameter" placeholder="Name" onChange={({ detail }) => setName(detail.value)} />
          <Input value={text} ariaLabel="Value of another hyperparameter" placeholder="Value" onChange={({ detail }) => setText(detail.value)} />
          <Button formAction="none" disabled={name.trim() === "" || text === ""} onClick={() => { set({ ...given, [name.trim()]: text }); setName(""); setText(""); }}>Add</Button>
        </SpaceBetween>
      </FormField>
    </SpaceBetween>
  );
}
