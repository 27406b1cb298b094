/** The menu of what can be done to the chosen records; its dialogs are loaded when they are asked for. */
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { lazy, Suspense, useState } from "react";
import type { Chosen } from "@/records/chosen";
import { deleteOf } from "@/records/deeds";

const DEEDS = {
  tag: lazy(async () => ({ default: (await import("@/records/bulk")).TagThem })),
  untag: lazy(async () => ({ default: (await import("@/records/bulk")).UntagThem })),
  move: lazy(async () => ({ default: (await import("@/records/bulk")).MoveThem })),
  delete: lazy(async () => ({ default: (await import("@/records/bulk")).DeleteThem })),
  deploy: lazy(async () => ({ default: (await import("@/records/deploy-best")).DeployBest })),
} as const;

export function Actions({ chosen, done }: { readonly chosen: Chosen; readonly done: () => void }) {
  const [deed, setDeed] = useState<keyof typeof DEEDS>();
  const { resource } = chosen.state.kind;
  const none = chosen.count === 0;
  const Dialog = deed === undefined ? undefined : DEEDS[deed];
  return (
    <>
      <ButtonDropdown
        disabled={none}
        disabledReason="Choose records first."
        items={[
          { id: "tag", text: "Add a tag" },
          { id: "untag", text: "Take a tag away" },
          ...(resource === "run" ? [{ id: "move", text: "Move to another experiment" }] : []),
          ...(resource === "run" || resource === "training-job" ? [{ id: "deploy", text: "Deploy the model", disabled: chosen.count !== 1, disabledReason: "Choose one." }] : []),
          ...(deleteOf(resource) === undefined ? [] : [{ id: "delete", text: "Delete" }]),
        ]}
        onItemClick={({ detail }) => setDeed(detail.id as keyof typeof DEEDS)}
      >
        Actions
      </ButtonDropdown>
      {Dialog !== undefined && (
        <Suspense>
          <Dialog
            chosen={chosen}
            close={(changed) => {
              setDeed(undefined);
              if (changed) done();
            }}
          />
        </Suspense>
      )}
    </>
  );
}
