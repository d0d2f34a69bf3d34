// Only the parts of ECharts that the pages use, so that the bundle stays small.
import * as echarts from "echarts/core";
import { LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

echarts.use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

for (const box of document.querySelectorAll("[data-chart]")) {
  const option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const figure = box.closest("[data-trend]");
  const chart = echarts.init(box, null, { renderer: "svg" });
  chart.setOption(option);
  new ResizeObserver(() => chart.resize()).observe(box);
  // only now does the chart take the table's place: without this script the table is what stands there
  figure.classList.add("drawn");
  const button = figure.querySelector("[data-toggle-table]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const asTable = figure.classList.toggle("as-table");
    button.setAttribute("aria-pressed", String(asTable));
  });
}
