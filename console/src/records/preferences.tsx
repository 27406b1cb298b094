/** The cog: which columns are shown and in which order, and how many records a page. */
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import { useQuery } from "@tanstack/react-query";
import { properties } from "@/api/own";
import { NAME } from "@/records/columns";
import { SIZES, writeView, type State } from "@/records/state";

const MOST = 500;

export function Preferences({ state, pinned }: { readonly state: State; readonly pinned: string }) {
  const { resource } = state.kind;
  const found = useQuery({
    queryKey: ["properties", resource, "", pinned, MOST],
    queryFn: ({ signal }) => properties(resource, "", MOST, pinned, signal),
    staleTime: 30_000,
  });
  const rest = (found.data ?? []).map((one) => one.name).filter((name) => !state.columns.includes(name));
  const names = [...state.columns, ...rest];
  return (
    <CollectionPreferences
      title="Preferences"
      confirmLabel="Update view"
      cancelLabel="Cancel"
      preferences={{
        pageSize: state.size,
        contentDisplay: [{ id: NAME, visible: true }, ...names.map((id) => ({ id, visible: state.columns.includes(id) }))],
      }}
      pageSizePreference={{ title: "Records a page", options: SIZES.map((value) => ({ value, label: `${value}` })) }}
      contentDisplayPreference={{
        title: "Columns",
        description: "Turn columns on and off, and drag them into order.",
        options: [{ id: NAME, label: "Name", alwaysVisible: true }, ...names.map((id) => ({ id, label: id }))],
        enableColumnFiltering: true,
      }}
      onConfirm={({ detail }) => {
        const shown = (detail.contentDisplay ?? []).filter((one) => one.visible && one.id !== NAME).map((one) => one.id);
        writeView(state.kind, shown, detail.pageSize ?? state.size);
      }}
    />
  );
}
