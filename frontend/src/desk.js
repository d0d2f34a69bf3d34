// The few behaviours of the pages; every page works without them.
import "./session.js";
import "./keys.js";
import "./takeaway.js";
import "./imports.js";
import "./drawer.js";
import "./sliders.js";

for (const select of document.querySelectorAll("[data-submit]")) select.addEventListener("change", () => select.form.submit());

// a marked phrase of the clause and the row of its commitment point at each other
for (const link of document.querySelectorAll(".clause mark a")) {
  const row = document.getElementById(link.hash.slice(1));
  if (!row) continue;
  const mark = link.closest("mark");
  const light = (on) => () => [mark, row].forEach((one) => one.classList.toggle("pointed", on));
  for (const one of [mark, row]) {
    one.addEventListener("pointerenter", light(true));
    one.addEventListener("pointerleave", light(false));
  }
}

// after a refusal the reason takes the focus
document.querySelector("[data-focus]")?.focus();
