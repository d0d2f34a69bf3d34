// The source drawer (screens 6.6): any link to a figure opens beside the page. Without this script the link opens the same sections as a page.
const ADDRESS = /\/figures\/[^/]+\/$/;
let dialog;
let opener;

function drawer() {
  if (dialog) return dialog;
  dialog = document.createElement("dialog");
  dialog.className = "drawer";
  dialog.setAttribute("aria-labelledby", "drawer-title");
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => opener?.focus());
  document.body.append(dialog);
  return dialog;
}

async function open(link) {
  const address = new URL(link.href);
  address.searchParams.set("part", "1");
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const box = drawer();
  box.innerHTML = await answer.text();
  opener = link;
  if (!box.open) box.showModal();
  box.scrollTop = 0;
  box.querySelector("[data-drawer-close]").focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const address = new URL(link.href, location.href);
  // a link inside the drawer or on the figure's own page leads on, so that Back works
  if (address.origin !== location.origin || !ADDRESS.test(address.pathname) || !address.searchParams.has("id")) return;
  if (address.searchParams.has("as") || link.closest(".drawer") || ADDRESS.test(location.pathname)) return;
  if (!window.HTMLDialogElement) return;
  event.preventDefault();
  open(link).catch(() => (location.href = link.href));
});
