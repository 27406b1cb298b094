/** Every page, loaded when it is first shown. To add one: a folder in `pages/` with a `page.tsx`, and a line here. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";

export interface PageProps {
  /** The segments behind the page's own: `#/runs/x` gives ["x"]. */
  readonly rest: readonly string[];
  readonly params: URLSearchParams;
}

type Page = LazyExoticComponent<ComponentType<PageProps>>;

export const pages: Readonly<Record<string, Page>> = {
  search: lazy(() => import("@/pages/search/page")),
  runs: lazy(() => import("@/pages/run/page")),
  compare: lazy(() => import("@/pages/compare/page")),
  jobs: lazy(() => import("@/pages/jobs/page")),
  models: lazy(() => import("@/pages/models/page")),
  "model-packages": lazy(() => import("@/pages/model-packages/page")),
  endpoints: lazy(() => import("@/pages/endpoints/page")),
  "endpoint-configs": lazy(() => import("@/pages/endpoint-configs/page")),
  experiments: lazy(() => import("@/pages/experiments/page")),
  reports: lazy(() => import("@/pages/reports/page")),
  lineage: lazy(() => import("@/pages/lineage/page")),
  bin: lazy(() => import("@/pages/bin/page")),
  verify: lazy(() => import("@/pages/verify/page")),
  about: lazy(() => import("@/pages/about/page")),
};

export const home = "search";
