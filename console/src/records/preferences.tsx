/** The cog of a table. Its dialog, with drag and drop, is loaded when it is first asked for. */
import Button from "@cloudscape-design/components/button";
import { lazy, Suspense, useState } from "react";
import type { State } from "@/records/state";

const load = () => import("@/records/preferences-dialog");
const PreferencesDialog = lazy(load);

export function Preferences({ state, pinned }: { readonly state: State; readonly pinned: string }) {
  const [asked, setAsked] = useState(false);
  const cog = <Button variant="icon" iconName="settings" ariaLabel="Preferences" loading={asked} onClick={() => setAsked(true)} />;
  if (!asked) return <span onPointerEnter={() => void load()}>{cog}</span>;
  return (
    <Suspense fallback={cog}>
      <PreferencesDialog state={state} pinned={pinned} />
    </Suspense>
  );
}
