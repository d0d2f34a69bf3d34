// Before a session ends it is said, and what was typed stays (screens 10.6): five minutes before the end a dialog offers to go on; after it the person signs in again
// inside the dialog, and the page with everything on it stays as it was. Tabs tell each other when one of them spoke to the server.
const WARN = 300;
const STORE = "yunxing-spoke";
const box = document.getElementById("session-end");

if (box && window.HTMLDialogElement) {
  const whole = Number(box.dataset.seconds);
  const words = box.querySelector("[data-words]");
  const fields = box.querySelector("[data-sign-in]");
  const said = box.querySelector("[data-said]");
  let spoke = Date.now();
  let over = false;

  const note = (at) => {
    spoke = Math.max(spoke, at);
    try { localStorage.setItem(STORE, String(spoke)); } catch { /* a browser that keeps nothing: this tab alone counts */ }
  };
  note(spoke);
  addEventListener("storage", (event) => { if (event.key === STORE) spoke = Math.max(spoke, Number(event.newValue) || 0); });
  const native = window.fetch;
  window.fetch = async (...given) => {
    const answer = await native(...given);
    if (answer.ok && !answer.redirected) note(Date.now());
    return answer;
  };
  document.addEventListener("submit", () => note(Date.now()));

  const left = () => whole - Math.floor((Date.now() - spoke) / 1000);

  function look() {
    const rest = left();
    if (rest > WARN) {
      if (box.open && !over) box.close();
      return;
    }
    over = over || rest <= 0;
    fields.hidden = !over;
    words.textContent = over ? box.dataset.over : box.dataset.warn.replace("%s", String(Math.max(1, Math.ceil(rest / 60))));
    box.querySelector("[data-go]").textContent = over ? box.dataset.signIn : box.dataset.stay;
    if (!box.open) {
      box.showModal();
      box.querySelector(over ? "[name=username]" : "[data-go]").focus();
    }
  }
  setInterval(look, Math.min(15000, (whole * 1000) / 40));
  document.addEventListener("visibilitychange", () => document.hidden || look());

  async function standing() {
    const answer = await native(box.dataset.alive, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  // every form of the page gets the new token, otherwise what was typed would be refused
  const renew = (token) => document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((one) => (one.value = token));

  async function goOn() {
    let found = await standing();
    if (!found.who) {
      over = true;
      const body = new FormData();
      for (const name of ["username", "password"]) body.set(name, box.querySelector(`[name=${name}]`).value);
      if (!body.get("username")) return look();
      body.set("csrfmiddlewaretoken", found.token);
      const answer = await native(box.dataset.login, { method: "POST", body });
      found = await standing();
      box.querySelector("[name=password]").value = "";
      if (!found.who) {
        said.textContent = answer.status === 429 ? box.dataset.locked : box.dataset.wrong;
        return box.querySelector("[name=password]").focus();
      }
    }
    if (found.who !== box.dataset.who) return location.reload(); // somebody else: this page is not his
    over = false;
    said.textContent = "";
    renew(found.token);
    note(Date.now());
    box.close();
  }

  box.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    goOn().catch(() => (said.textContent = box.dataset.offline));
  });
  box.addEventListener("cancel", (event) => over && event.preventDefault());
}
