/** The pages as the side shows them, and the way to the present one as breadcrumbs. A page that is not registered in
 * `routes.ts` is not shown. */
import type { BreadcrumbGroupProps } from "@cloudscape-design/components/breadcrumb-group";
import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import { link, type Location } from "@/app/router";
import { pages } from "@/app/routes";
import { kindOf } from "@/records/kinds";

interface Entry {
  readonly page: string;
  readonly text: string;
  /** The key that goes there after `g`. */
  readonly key?: string;
}

export const NAVIGATION: readonly (readonly Entry[])[] = [
  [
    { page: "search", text: "Search", key: "s" },
    { page: "experiments", text: "Experiments", key: "e" },
    { page: "compare", text: "Compare", key: "c" },
  ],
  [
    { page: "jobs", text: "Jobs", key: "j" },
    { page: "models", text: "Models", key: "m" },
    { page: "model-packages", text: "Model packages" },
    { page: "endpoints", text: "Endpoints", key: "p" },
  ],
  [
    { page: "lineage", text: "Lineage", key: "l" },
    { page: "reports", text: "Reports", key: "r" },
    { page: "verify", text: "Verify", key: "v" },
  ],
  [
    { page: "bin", text: "Bin", key: "b" },
    { page: "about", text: "About", key: "a" },
  ],
];

export function shown(): readonly (readonly Entry[])[] {
  return NAVIGATION.map((group) => group.filter(({ page }) => page in pages)).filter((group) => group.length > 0);
}

export function sideItems(): SideNavigationProps.Item[] {
  return shown().flatMap((group, at): SideNavigationProps.Item[] => [
    ...(at === 0 ? [] : [{ type: "divider" } as const]),
    ...group.map(({ page, text }) => ({ type: "link", text, href: `#/${page}` }) as const),
  ]);
}

/** Pages that are part of another one's list. */
const HOMES: Readonly<Record<string, Entry>> = {
  runs: { page: "search", text: "Runs" },
  "endpoint-configs": { page: "endpoints", text: "Endpoints" },
};

export function homeOf(page: string): Entry {
  return HOMES[page] ?? NAVIGATION.flat().find((one) => one.page === page) ?? { page, text: page };
}

export function crumbs({ path }: Location): BreadcrumbGroupProps.Item[] {
  const [page = "search", ...rest] = path;
  const home = homeOf(page);
  const items = [{ text: "Trialbook", href: "#/search" }, { text: home.text, href: `#/${home.page}` }];
  rest.forEach((part, at) => {
    const isKind = page === "jobs" && at === 0 && part !== "create";
    items.push({ text: isKind ? kindOf(part).label : part, href: isKind ? link(["jobs"], { resource: part }) : link([page, ...rest.slice(0, at + 1)]) });
  });
  return items;
}
