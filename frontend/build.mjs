// One bundle for the desk: ECharts tree-shaken, plus the few behaviours of the pages. Nothing is fetched at run time.
import { build } from "esbuild";

await build({
  entryPoints: { desk: "src/desk.js" },
  outdir: "../src/yunxing/desk/static/built",
  bundle: true,
  minify: true,
  target: ["chrome90"],
  legalComments: "linked",
  logLevel: "info",
});
