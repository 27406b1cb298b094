/** The cog: which columns are shown and in which order, how many stay at the left, and how many records a page. With
 * thousands of properties only the most common are listed; others are found by typing. */
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import FormField from "@cloudscape-design/components/form-field";
import Multiselect from "@cloudscape-design/components/multiselect";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { properties } from "@/api/own";
import { NAME } from "@/records/columns";
import { MOST_PINNED, SIZES, writeView, type State } from "@/records/state";

const LISTED = 100;
const PINS = Array.from({ length: MOST_PINNED + 1 }, (_one, value) => ({ value, label: value === 0 ? "None" : value === 1 ? "First column" : `First ${value} columns` }));

export default function PreferencesDialog({ state, pinned }: { readonly state: State; readonly pinned: string }) {
  const box = useRef<HTMLDivElement>(null);
  // It was asked for before it was loaded: the component opens by its own button only.
  useEffect(() => box.current?.querySelector("button")?.click(), []);
  const { resource } = state.kind;
  const found = useQuery({
    queryKey: ["properties", resource, "", pinned, LISTED],
    queryFn: ({ signal }) => properties(resource, "", LISTED, pinned, signal),
    staleTime: 30_000,
  });
  const listed = [...(found.data ?? [])].sort((one, other) => other.count - one.count).map((one) => one.name);
  const names = [...state.columns, ...listed.filter((name) => !state.columns.includes(name))];
  return (
    <div ref={box}>
    <CollectionPreferences
      title="Preferences"
      confirmLabel="Update view"
      cancelLabel="Cancel"
      preferences={{
        pageSize: state.size,
        stickyColumns: { first: state.pinned, last: 0 },
        contentDisplay: [{ id: NAME, visible: true }, ...names.map((id) => ({ id, visible: state.columns.includes(id) }))],
        custom: [],
      }}
      pageSizePreference={{ title: "Records a page", options: SIZES.map((value) => ({ value, label: `${value}` })) }}
      stickyColumnsPreference={{ firstColumns: { title: "Columns that stay at the left", description: "They stay while the others scroll.", options: PINS } }}
      contentDisplayPreference={{
        title: "Columns",
        description: "Turn columns on and off, and drag them into order.",
        options: [{ id: NAME, label: "Name", alwaysVisible: true }, ...names.map((id) => ({ id, label: id }))],
        enableColumnFiltering: true,
      }}
      customPreference={(added: readonly string[] | undefined, set: (names: readonly string[]) => void) => <MoreColumns state={state} pinned={pinned} added={added ?? []} set={set} />}
      onConfirm={({ detail }) => {
        const shown = (detail.contentDisplay ?? []).filter((one) => one.visible && one.id !== NAME).map((one) => one.id);
        const more = ((detail.custom ?? []) as readonly string[]).filter((one) => !shown.includes(one));
        writeView(state.kind, [...shown, ...more], detail.pageSize ?? state.size, detail.stickyColumns?.first ?? state.pinned);
      }}
    />
    </div>
  );
}

interface MoreProps {
  readonly state: State;
  readonly pinned: string;
  readonly added: readonly string[];
  readonly set: (added: readonly string[]) => void;
}

function MoreColumns({ state, pinned, added, set }: MoreProps) {
  const [text, setText] = useState("");
  const { resource } = state.kind;
  const found = useQuery({
    queryKey: ["properties", resource, text, pinned, LISTED],
    queryFn: ({ signal }) => properties(resource, text, LISTED, pinned, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const options = (found.data ?? []).filter((one) => !state.columns.includes(one.name)).map((one) => ({ value: one.name, label: one.name, tags: [`${one.count}`] }));
  return (
    <FormField label="Find columns" description="Among all properties, as you type; what is chosen is added at the right.">
      <Multiselect
        selectedOptions={added.map((value) => ({ value, label: value }))}
        options={options}
        filteringType="manual"
        filteringAriaLabel="Find columns"
        filteringPlaceholder="Part of a name"
        onLoadItems={({ detail }) => setText(detail.filteringText)}
        statusType={found.isFetching ? "loading" : found.isError ? "error" : "finished"}
        loadingText="Looking"
        errorText="The server did not answer."
        finishedText={options.length >= LISTED ? "Type more to find others." : ""}
        empty="Nothing like that."
        placeholder="Parameters, metrics, tags …"
        deselectAriaLabel={(one) => `Leave out ${one.label ?? ""}`}
        onChange={({ detail }) => set(detail.selectedOptions.map((one) => one.value ?? ""))}
      />
    </FormField>
  );
}
