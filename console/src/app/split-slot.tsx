import SplitPanel from "@cloudscape-design/components/split-panel";
import { useContent } from "@/app/split";

export function SplitSlot() {
  const split = useContent();
  if (split === undefined) return null;
  return (
    <SplitPanel
      header={split.header}
      hidePreferencesButton
      closeBehavior="hide"
      i18nStrings={{ closeButtonAriaLabel: "Close the preview", openButtonAriaLabel: "Open the preview", resizeHandleAriaLabel: "Resize the preview" }}
    >
      {split.content}
    </SplitPanel>
  );
}
