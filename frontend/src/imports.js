// The import wizard's drop zone: files, folders and archives dropped or pasted anywhere on the page, one form sent once. Without this script the three fields do the same.
const form = document.querySelector("[data-drop]");

async function filesOf(entry) {
  if (entry.isFile) return new Promise((resolve, reject) => entry.file((file) => resolve([file]), reject));
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // a reader gives at most a hundred entries at a time and an empty list at the end
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesOf(one)));
  }
}

if (form) {
  const field = form.querySelector("#files");
  const said = form.querySelector("[data-drop-said]");
  form.querySelector("[data-drop-hint]").hidden = false;

  const send = (files) => {
    if (!files.length) return;
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    field.files = transfer.files;
    said.textContent = `${files.length}`;
    form.requestSubmit();
  };
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    setTimeout(() => (button.disabled = true)); // a second click sends nothing twice
  });
  window.addEventListener("pageshow", () => (form.querySelector("button").disabled = false));
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => !event.relatedTarget && form.classList.remove("over"));
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const dropped = [...event.dataTransfer.files];
    try {
      send(entries.length ? (await Promise.all(entries.map(filesOf))).flat() : dropped);
    } catch {
      send(dropped);
    }
  });
  document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (files.length) {
      event.preventDefault();
      send(files);
      return;
    }
    const area = form.querySelector("#pasted");
    if (event.target !== area && !event.target.closest("input, textarea")) {
      area.value = event.clipboardData.getData("text");
      area.focus();
    }
  });
}
