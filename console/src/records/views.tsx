/** Views that this browser keeps: filter, sorting and columns under a name. */
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { lazy, Suspense, useState } from "react";
import { go } from "@/app/router";
import { notify } from "@/app/notices";
import type { State } from "@/records/state";

const SaveView = lazy(async () => ({ default: (await import("@/records/save-view")).SaveView }));

interface View {
  readonly name: string;
  readonly hash: string;
}

export function readViews(key: string): readonly View[] {
  try {
    const told: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(told) ? told.filter((one): one is View => typeof one === "object" && one !== null && typeof (one as View).name === "string" && typeof (one as View).hash === "string") : [];
  } catch {
    return [];
  }
}

export function Views({ state }: { readonly state: State }) {
  const key = `trialbook-views:${state.kind.resource}`;
  const [views, setViews] = useState(() => readViews(key));
  const [name, setName] = useState<string>();
  const keep = (next: readonly View[]) => {
    localStorage.setItem(key, JSON.stringify(next));
    setViews(next);
  };
  function save(): void {
    const told = (name ?? "").trim();
    // Columns stand in the address only once they were chosen; a view keeps those that are shown now.
    const [path = "", query = ""] = window.location.hash.split("?");
    const params = new URLSearchParams(query);
    params.set("cols", state.columns.map(encodeURIComponent).join(","));
    params.set("size", String(state.size));
    params.delete("page");
    keep([...views.filter((one) => one.name !== told), { name: told, hash: `${path}?${params}` }].sort((one, other) => one.name.localeCompare(other.name)));
    setName(undefined);
    notify("success", `Saved the view ${told} in this browser.`);
  }
  return (
    <>
      <ButtonDropdown
        items={[
          ...views.map((one) => ({ id: `open ${one.name}`, text: one.name })),
          { id: "save", text: "Save this view", iconName: "add-plus" as const },
          ...(views.length === 0 ? [] : [{ id: "forget", text: "Delete a view", items: views.map((one) => ({ id: `delete ${one.name}`, text: one.name })) }]),
        ]}
        expandableGroups
        onItemClick={({ detail: { id } }) => {
          if (id === "save") setName("");
          if (id.startsWith("open ")) go(views.find((one) => `open ${one.name}` === id)?.hash ?? "#/search");
          if (id.startsWith("delete ")) keep(views.filter((one) => `delete ${one.name}` !== id));
        }}
      >
        Views
      </ButtonDropdown>
      {name !== undefined && (
        <Suspense><SaveView name={name} setName={setName} save={save} close={() => setName(undefined)} /></Suspense>
      )}
    </>
  );
}
