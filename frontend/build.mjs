// Three bundles: the few behaviours every page has, the grid of a report, and ECharts (tree-shaken) for the pages with a chart. Nothing is fetched at run time.
import { build } from "esbuild";

await build({
  entryPoints: { desk: "src/desk.js", charts: "src/charts.js", report: "src/report.js" },
  outdir: "../src/yunxing/desk/static/built",
  bundle: true,
  minify: true,
  target: ["chrome90"],
  legalComments: "linked",
  logLevel: "info",
});
