// The grid of a report (screens S6a): saves cell by cell, keeps what was typed while the network is away, moves with keys, takes a pasted block.
// Without this file the page is a plain form with a button.
const form = document.querySelector("form[data-grid]");
if (form && form.querySelector("input[data-key]")) start(form);

function start(form) {
  const words = form.dataset;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const store = `yunxing.report.${document.querySelector(".who")?.textContent.trim() || ""}.${form.dataset.grid}`;
  const inputs = [...form.querySelectorAll("input[data-key]")];
  const byKey = new Map(inputs.map((input) => [input.dataset.key, input]));
  const pending = new Map(); // key → text, typed and not yet saved
  const live = document.querySelector("[data-live]");
  const progress = form.querySelector("[data-progress]");
  let flying = false, offline = false, typing = 0, sending = 0;

  for (const plain of form.querySelectorAll("[data-plain]")) plain.hidden = true;
  for (const help of form.querySelectorAll("[data-help]")) help.hidden = false;

  // --- the rows and columns one moves through: the cells of the tables in reading order
  const grid = [...form.querySelectorAll("table.entry")].flatMap((table) =>
    [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.querySelector("input[data-key]"))));
  const place = new Map();
  grid.forEach((row, r) => row.forEach((input, c) => input && place.set(input, [r, c])));

  function move(input, down, right) {
    let [r, c] = place.get(input);
    for (;;) {
      r += down;
      c += right;
      if (!grid[r] || c < 0 || c >= grid[r].length) return false;
      const next = grid[r][c];
      if (next) {
        next.focus();
        next.select();
        return true;
      }
    }
  }

  // --- exact sums: numbers as BigInt of 10⁻⁹
  function exact(text) {
    const found = /^([+-]?)([\d,]*)(?:\.(\d{0,9}))?$/.exec(text.normalize("NFKC").replace(/\s/g, ""));
    if (!found || !(found[2] || found[3])) return null;
    const whole = BigInt((found[2].replace(/,/g, "") || "0") + (found[3] || "").padEnd(9, "0"));
    return found[1] === "-" ? -whole : whole;
  }
  function shown(value) {
    const sign = value < 0n ? "-" : "", digits = (value < 0n ? -value : value).toString().padStart(10, "0");
    const whole = digits.slice(0, -9).replace(/\B(?=(\d{3})+$)/g, ","), rest = digits.slice(-9).replace(/0+$/, "");
    return sign + whole + (rest ? "." + rest : "");
  }
  function sums() {
    for (const place of form.querySelectorAll("[data-sum]")) {
      const cell = place.closest("td"), total = cell.querySelector("input[data-total]");
      const month = cell.previousElementSibling?.querySelector("input[data-key]");
      const before = total && exact(total.dataset.total), now = month && exact(month.value);
      if (before === null || before === undefined || now === null || now === undefined || !total) { place.hidden = true; continue; }
      const sum = before + now, typed = exact(total.value);
      place.hidden = false;
      place.textContent = `= ${total.dataset.total} + ${month.value.trim()} = ${shown(sum)}`;
      place.classList.toggle("off", typed !== null && typed !== sum);
      place.dataset.value = shown(sum);
    }
    for (const foot of form.querySelectorAll("[data-total-of]")) {
      const at = Number(foot.dataset.totalOf) + 1;
      let sum = 0n, some = false;
      for (const row of foot.closest("table").tBodies[0].rows) {
        const value = exact(row.cells[at].querySelector("input[data-key]")?.value || "");
        if (value !== null) { sum += value; some = true; }
      }
      foot.textContent = some ? shown(sum) : "";
    }
  }

  // --- states of cells
  const SIGNS = { ok: "✓", warn: "⚠", explained: "⚠✓", error: "✕", saving: "…", pending: "⟳", "": "" };
  function mark(input, state, note) {
    const box = input.closest(".box");
    box.classList.remove("ok", "warn", "explained", "error", "saving", "pending");
    if (state) box.classList.add(state);
    box.querySelector("[data-mark]").textContent = SIGNS[state];
    input.title = note || "";
    const told = box.querySelector("[data-note]");
    if (told) told.textContent = note || "";
    if (state === "error") input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
  }
  function say(text, good) {
    live.hidden = !text;
    live.textContent = text;
    live.classList.toggle("good", Boolean(good));
  }
  function stow() {
    try {
      if (pending.size) localStorage.setItem(store, JSON.stringify([...pending].map(([key, text]) => [key, text, byKey.get(key).dataset.ver])));
      else localStorage.removeItem(store);
    } catch { /* a browser without storage still saves over the network */ }
  }

  // --- saving
  function typed(input) {
    const key = input.dataset.key;
    if (input.value.trim() === input.dataset.text && !pending.has(key)) return;
    pending.set(key, input.value);
    mark(input, offline ? "pending" : "saving");
    stow();
    sums();
    if (offline) say(words.wordsOffline.replace("{n}", pending.size));
    clearTimeout(sending);
    sending = setTimeout(flush, 150);
  }
  async function flush() {
    if (flying || !pending.size) return;
    flying = true;
    const sent = new Map(pending);
    const cells = [...sent].map(([key, text]) => ({ key, text, ver: Number(byKey.get(key).dataset.ver) }));
    const versions = new Map(cells.map((cell) => [cell.key, cell.ver]));
    let answer;
    try {
      const response = await fetch(words.save, {
        method: "POST", body: JSON.stringify({ cells }), credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      });
      if (response.redirected || !(response.headers.get("Content-Type") || "").includes("json")) throw new Error("login");
      answer = await response.json();
      offline = false;
    } catch (error) {
      flying = false;
      offline = true;
      for (const key of pending.keys()) mark(byKey.get(key), "pending");
      stow();
      say((error.message === "login" ? words.wordsLogin : words.wordsOffline).replace("{n}", pending.size));
      setTimeout(flush, 2000);
      return;
    }
    flying = false;
    if (answer.refusal) {
      say(answer.refusal);
      for (const key of sent.keys()) pending.delete(key);
      stow();
      return;
    }
    for (const [key, cell] of Object.entries(answer.saved)) took(key, cell, sent.get(key));
    // a figure chosen while this answer was on its way has been given a newer version: it is sent again, and asked about only then
    for (const clash of answer.clashes) if (Number(byKey.get(clash.key).dataset.ver) === versions.get(clash.key)) ask(clash);
    paint(answer);
    stow();
    if (pending.size) flush();
    else if (!answer.clashes.length) {
      say(words.wordsSaved, true);
      setTimeout(() => !pending.size && !offline && say(""), 1500);
    }
  }
  function took(key, cell, text) {
    const input = byKey.get(key);
    input.dataset.ver = cell.ver;
    input.dataset.text = cell.text;
    input.closest(".box").querySelector("input[type=hidden]").value = cell.ver;
    if (pending.get(key) !== text) return; // typed on meanwhile
    pending.delete(key);
    if (document.activeElement !== input || input.value.trim() === text.trim()) input.value = cell.text;
  }
  function paint(answer) {
    for (const input of inputs) {
      if (pending.has(input.dataset.key)) continue;
      const found = answer.marks[input.dataset.key];
      mark(input, found ? found.mark : input.value ? "ok" : "", found?.note);
    }
    for (const row of form.querySelectorAll("tr[data-item]")) {
      const asks = row.querySelector("[data-asks]");
      if (!asks) continue;
      asks.textContent = "";
      for (const input of row.querySelectorAll("input[data-key]")) {
        const found = answer.marks[input.dataset.key];
        if (found && found.mark !== "explained") asks.append(question(input, found));
      }
    }
    progress.textContent = words.wordsDone.replace("{a}", answer.filled).replace("{b}", answer.asked);
    sums();
  }
  function question(input, found) {
    const line = document.createElement("p");
    line.className = `ask ${found.mark === "error" ? "block" : "warn"}`;
    line.textContent = `${SIGNS[found.mark]} ${found.slip ? words.wordsSlip + " " : ""}${found.note}`;
    if (found.slip) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = words.wordsConvert;
      button.addEventListener("click", () => {
        const value = exact(input.value), factor = BigInt(found.slip.slice(1));
        if (value === null) return;
        input.value = shown(found.slip[0] === "×" ? value / factor : value * factor);
        typed(input);
        input.focus();
      });
      line.append(" ", button);
    }
    return line;
  }
  function ask(clash) {
    const input = byKey.get(clash.key), list = document.querySelector("[data-clashes]");
    pending.delete(clash.key);
    for (const old of list.children) if (old.dataset.clash === clash.key) old.remove(); // a second answer about the same cell takes the place of the first
    const box = document.createElement("section");
    box.dataset.clash = clash.key;
    box.className = "error-summary clash";
    box.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = clash.words;
    const choose = (title, value) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = `${title}（${value || "—"}）`;
      button.addEventListener("click", () => {
        input.dataset.ver = clash.ver;
        input.dataset.text = clash.new;
        input.value = value;
        box.remove();
        if (value !== clash.new) typed(input); else mark(input, "ok");
        input.focus();
      });
      return button;
    };
    const row = document.createElement("p");
    row.className = "button-row";
    row.append(choose(words.wordsTheirs, clash.new), choose(words.wordsMine, clash.yours));
    box.append(text, row);
    list.append(box);
  }

  // --- typing, keys, paste
  form.addEventListener("input", (event) => {
    if (!event.target.dataset.key) return;
    sums();
    clearTimeout(typing);
    typing = setTimeout(() => typed(event.target), 400);
  });
  form.addEventListener("change", (event) => {
    if (!event.target.dataset.key) return;
    clearTimeout(typing);
    typed(event.target);
  });
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.dataset?.key || event.isComposing || event.altKey || event.metaKey) return;
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    const atEnd = input.selectionStart === input.value.length;
    if (event.ctrlKey) {
      if (event.key.toLowerCase() === "d" && input.dataset.previous) {
        event.preventDefault();
        input.value = input.dataset.previous;
        typed(input);
      }
      return;
    }
    const steps = { Enter: [1, 0], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    if (event.key === "ArrowLeft" && (all || atStart)) steps.ArrowLeft = [0, -1];
    if (event.key === "ArrowRight" && (all || atEnd)) steps.ArrowRight = [0, 1];
    const listed = input.list && (event.key === "ArrowDown" || event.key === "ArrowUp");
    if (steps[event.key] && !listed) {
      event.preventDefault();
      move(input, ...steps[event.key]);
    }
  });
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") || "", input = event.target;
    if (!input.dataset?.key || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    const [r, c] = place.get(input);
    const lines = text.replace(/\r/g, "").replace(/\n$/, "").split("\n");
    lines.forEach((line, down) => line.split("\t").forEach((value, right) => {
      const target = grid[r + down]?.[c + right];
      if (!target || (!value.trim() && target.value)) return;
      target.value = value.trim();
      typed(target);
    }));
  });
  form.addEventListener("submit", (event) => {
    if (!pending.size) return;
    if (offline) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("[data-sum]");
    if (!place?.dataset.value) return;
    const input = place.closest("td").querySelector("input[data-key]");
    if (!input.value) { input.value = place.dataset.value; typed(input); }
  });
  window.addEventListener("online", () => flush());
  window.addEventListener("offline", () => { offline = true; });
  window.addEventListener("beforeunload", stow);

  // --- what an earlier visit could not send
  try {
    for (const [key, text, ver] of JSON.parse(localStorage.getItem(store) || "[]")) {
      const input = byKey.get(key);
      if (!input) continue;
      input.value = text;
      input.dataset.ver = ver; // typed over that version: who changed it meanwhile is asked about
      pending.set(key, text);
      mark(input, "pending");
    }
  } catch { localStorage.removeItem(store); }
  sums();
  if (pending.size) flush();
  const wanted = location.hash.startsWith("#c-") && byKey.get(decodeURIComponent(location.hash.slice(3)));
  (wanted || inputs.find((input) => !input.value && !input.dataset.key.endsWith("/cause")) || inputs[0])?.focus();
}
