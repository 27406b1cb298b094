/** What of Cloudscape no user of this console ever sees is left out of the build, and the first load comes in two chunks.
 *
 * Left out: the page frames of its other themes, the texts of components that no page uses, and the parser of texts,
 * since Cloudscape's come parsed. The build fails where a page starts to use one of them. */
import path from "node:path";
import type { Plugin } from "vite";

const here = path.join(import.meta.dirname, "..");
const NEVER = "\0never-shown";
const PARSER = "@formatjs/icu-messageformat-parser";
const TEXTS = /components\/i18n\/messages\/all\.en\.js$/;
const UNUSED = [
  "annotation-context",
  "area-chart",
  "calendar",
  "cards",
  "code-editor",
  "date-picker",
  "date-range-picker",
  "pie-chart",
  "prompt-input",
  "s3-resource-selector",
  "tag-editor",
  "tree-view",
  "tutorial-panel",
  "wizard",
];

type Texts = Record<string, Record<string, Record<string, unknown>>>;

/** Leave out of the build what is never shown; an error when it is used after all. */
export function withoutUnused(): Plugin {
  return {
    name: "without-unused",
    apply: "build",
    enforce: "pre",
    resolveId(source, importer) {
      const ofLayout = importer?.endsWith("components/app-layout/internal.js") === true;
      if (ofLayout && (source === "./classic" || source === "./visual-refresh-toolbar")) return NEVER;
      return source === PARSER ? path.join(here, "node_modules", PARSER, "lib/no-parser.js") : null;
    },
    load(id) {
      return id === NEVER ? "export default function NeverShown() { throw new Error('This frame is left out of the build: see console/packing/slim.ts.'); }" : null;
    },
    transform(code, id) {
      if (!TEXTS.test(id)) return null;
      const texts = JSON.parse(code.slice(code.indexOf("{"), code.lastIndexOf("}") + 1)) as Texts;
      for (const languages of Object.values(texts)) {
        for (const one of Object.values(languages)) for (const name of UNUSED) delete one[name];
      }
      return `export default ${JSON.stringify(texts)};`;
    },
    generateBundle(_options, bundle) {
      const inside = Object.values(bundle).flatMap((chunk) => (chunk.type === "chunk" ? Object.keys(chunk.modules) : []));
      const found = inside.find((id) => UNUSED.some((name) => id.endsWith(`/components/${name}/index.js`)));
      if (found !== undefined) this.error(`${found} is used: take it out of UNUSED in console/packing/slim.ts, or it has no texts.`);
    },
  };
}

interface Graph {
  readonly getModuleInfo: (id: string) => { readonly importedIds: readonly string[] } | null;
}

/** Give the chunk of a module: "frame" for what every page needs, "search" for what the search page adds to it, null for
 * the bundler's own choice. Few files spare headers, and compress better than many. */
export function chunkOf(): (id: string, graph: Graph) => string | null {
  let frame: ReadonlySet<string> | undefined;
  let search: ReadonlySet<string> | undefined;
  return (id, graph) => {
    frame ??= closure(path.join(here, "src/main.tsx"), graph);
    search ??= closure(path.join(here, "src/pages/search/page.tsx"), graph);
    return frame.has(id) ? "frame" : search.has(id) ? "search" : null;
  };
}

/** Everything that a module imports, however far away; not what it loads later. */
function closure(entry: string, graph: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [entry];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    left.push(...(graph.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}
