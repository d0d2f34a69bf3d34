// Keys of the desk (screens §12). Single letters are off while typing, with a modifier held, and while a dialog is open.
const dialog = document.getElementById("keys");
const PLACES = { o: "", s: "signals/", m: "measures/", c: "cases/", r: "reports/", b: "bulletins/" }; // where a link of the menu ends
let leading = false;

function typing(target) {
  return target.closest("input, select, textarea, [contenteditable]") !== null;
}

function period(step) {
  const select = document.querySelector("[data-period]");
  if (!select) return;
  // the newest month stands first, so a later month is one up
  const wanted = select.selectedIndex - step;
  if (wanted < 0 || wanted >= select.options.length) return;
  select.selectedIndex = wanted;
  select.form.submit();
}

function row(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
}

// `x` ticks the row that has the focus; `a` goes to the first field that the next step needs, or to its button
function tick() {
  const box = document.activeElement.closest("li, tr")?.querySelector("[data-select]");
  if (box) box.checked = !box.checked;
}

function next() {
  const button = document.querySelector('[data-key="a"]');
  const field = button?.form?.querySelector("[required]:not([type=hidden]):not([type=file])");
  (field ?? button)?.focus();
}

const ACTS = {
  x: tick,
  a: next,
  "[": () => period(-1),
  "]": () => period(1),
  j: () => row(1),
  k: () => row(-1),
  d: () => document.querySelector("[data-toggle-table]:not([hidden])")?.click(),
  e: () => document.querySelector("[data-export]")?.click(),
  "/": () => document.querySelector("[data-find]")?.focus(),
  "?": () => dialog?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || dialog?.open) return;
  if (leading) {
    leading = false;
    const links = [...document.querySelectorAll(".shell-nav a")], end = PLACES[event.key];
    const entry = end === "" ? links[0] : end && links.find((link) => link.pathname.endsWith(`/${end}`));
    if (entry) {
      event.preventDefault();
      entry.click();
      return;
    }
  }
  const hot = /^[a-z]$/.test(event.key) && document.querySelector(`[data-hot="${event.key}"], [data-to="${event.key}"]`);
  if (event.key === "Enter" && event.target.matches("[data-row]")) {
    event.target.querySelector("[data-open]")?.click();
  } else if (hot) {
    event.preventDefault();
    if (hot.dataset.hot) hot.click();
    else hot.focus();
  } else if (event.key === "g") {
    leading = true;
    setTimeout(() => (leading = false), 1500);
  } else if (ACTS[event.key]) {
    event.preventDefault();
    ACTS[event.key]();
  }
});

for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
