// The few behaviours of the pages; every page works without them.
import "./charts.js";

for (const select of document.querySelectorAll("[data-submit]")) select.addEventListener("change", () => select.form.submit());

for (const button of document.querySelectorAll("[data-toggle-table]")) {
  button.addEventListener("click", () => {
    const asTable = button.closest("[data-trend]").classList.toggle("as-table");
    button.setAttribute("aria-pressed", String(asTable));
  });
}
