/* The build: relative addresses, so that the console works below any prefix; fonts as files, since the style sheet
 * carries them as base64 in its blocking part; little in the first load; every file compressed beforehand; the licences
 * of what is inside. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { chunkOf, withoutUnused } from "./packing/slim.ts";

const here = import.meta.dirname;
const out = process.env["TRIALBOOK_CONSOLE_OUT"] ?? path.join(here, "../src/trialbook/server/console/static");

/** Write each base64 font of the style sheets as a file of its own. */
function fontsAsFiles(): Plugin {
  return {
    name: "fonts-as-files",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const item of Object.values(bundle)) {
        if (item.type !== "asset" || !item.fileName.endsWith(".css")) continue;
        const folder = path.dirname(item.fileName);
        item.source = String(item.source).replace(
          /url\(["']?data:(?:application\/font-woff2?|font\/woff2?)[^;]*;(?:charset=[^;]+;)?base64,([A-Za-z0-9+/=]+)["']?\)/g,
          (_whole, data: string) => {
            const bytes = Buffer.from(data, "base64");
            const kind = bytes.subarray(0, 4).toString("latin1") === "wOF2" ? "woff2" : "woff";
            const name = `font-${createHash("sha256").update(bytes).digest("hex").slice(0, 10)}.${kind}`;
            const fileName = path.posix.join(folder, name);
            if (!(fileName in bundle)) this.emitFile({ type: "asset", fileName, source: bytes });
            return `url(${name})`;
          },
        );
      }
    },
  };
}

/** Lay `.br` and `.gz` beside each file that gains by it: of the files as written, since Vite's own last changes to a
 * chunk come after every plugin's `generateBundle`. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle(_options, bundle) {
      for (const name of Object.keys(bundle).filter((one) => /\.(js|css|svg|json|txt)$/.test(one))) {
        const file = path.join(out, name);
        const bytes = readFileSync(file);
        if (bytes.length < 1024) continue;
        const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
        writeFileSync(`${file}.br`, br);
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** Gather the licences of the packages that the lock file names as needed at run time. */
function licences(): Plugin {
  return {
    name: "licences",
    apply: "build",
    generateBundle() {
      const lock = JSON.parse(readFileSync(path.join(here, "package-lock.json"), "utf8")) as {
        packages: Record<string, { version?: string; license?: string; dev?: boolean; optional?: boolean }>;
      };
      const parts = Object.entries(lock.packages)
        .filter(([name, one]) => name !== "" && one.dev !== true && one.optional !== true)
        .map(([name, one]) => {
          const folder = path.join(here, name);
          const file = existsSync(folder) ? readdirSync(folder).find((each) => /^licen[cs]e/i.test(each)) : undefined;
          const text = file === undefined ? "" : `\n${readFileSync(path.join(folder, file), "utf8").trim()}\n`;
          return `${name.replace(/^.*node_modules\//, "")} ${one.version ?? ""} (${one.license ?? "see below"})\n${text}`;
        });
      this.emitFile({ type: "asset", fileName: "console/THIRD-PARTY-LICENSES.txt", source: parts.join(`\n${"-".repeat(80)}\n`) });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), fontsAsFiles(), withoutUnused(), licences(), compressed()],
  resolve: { alias: { "@": path.join(here, "src") } },
  build: {
    outDir: out,
    assetsDir: "console/assets", // the page is at "/", everything else below "console/": S3 has the rest of the port
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: chunkOf(), debugName: "first load" }] } } },
  },
  server: { proxy: { "/console/api": process.env["TRIALBOOK_URL"] ?? "http://127.0.0.1:8817" } },
});
