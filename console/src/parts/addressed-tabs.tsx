/** Tabs whose choice is in the address. A tab that the page does not have shows the first one. */
import Tabs, { type TabsProps } from "@cloudscape-design/components/tabs";
import { change } from "@/app/router";

interface AddressedTabsProps {
  readonly params: URLSearchParams;
  readonly tabs: readonly [TabsProps.Tab, ...TabsProps.Tab[]];
  /** Parameters of one tab that mean nothing to another. */
  readonly forget?: readonly string[];
}

export function AddressedTabs({ params, tabs, forget = [] }: AddressedTabsProps) {
  const [first] = tabs;
  const chosen = tabs.find((tab) => tab.id === params.get("tab")) ?? first;
  const dropped = Object.fromEntries(forget.map((name) => [name, undefined]));
  return (
    <Tabs
      activeTabId={chosen.id}
      onChange={({ detail }) => change({ ...dropped, tab: detail.activeTabId === first.id ? undefined : detail.activeTabId })}
      tabs={tabs}
    />
  );
}
