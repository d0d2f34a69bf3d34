// 「复制为文字」: the page's text straight into the clipboard. Without this script the link opens the text itself, to be copied by hand.
function copied(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // an office's network is often plain http, where browsers offer no clipboard to scripts but still copy a selection
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done ? Promise.resolve() : Promise.reject(new Error("the browser refused to copy"));
}

for (const link of document.querySelectorAll("[data-copy]")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const said = link.parentElement.querySelector("[data-copy-said]");
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      await copied(text);
      if (said) said.textContent = `${link.dataset.copied}（${[...text].length}）`;
      link.focus();
    } catch {
      location.href = link.href;
    }
  });
}
