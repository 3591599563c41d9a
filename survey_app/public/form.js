// What does the form gain where scripts run? Answers stay on the device until they have arrived, the person sees how
// far they are, and a form that cannot be sent now is sent later. Without this file the form is a plain form.
"use strict";
(() => {
  const PREFIX = "phieu ";
  const DAY = 24 * 3600 * 1000;
  const PATIENCE = 45 * 1000;
  const TROUBLE = ".bad:not(#waiting)";
  const WAITS = [3, 6, 12, 25, 60];
  const id = (name) => document.getElementById(name);
  const fits = (field) => field.type === "radio" || field.type === "checkbox";

  let form, key, here, waiting, busy, timer, tries;

  // A screen that is filled by the page stands in an office: the next person must find nothing.
  const shared = () => matchMedia("(display-mode: fullscreen)").matches;

  // A browser may forbid its memory; the form then works without.
  function memory(act) {
    try {
      return shared() ? null : act(localStorage);
    } catch (refused) {
      return null;
    }
  }

  const forget = (start) => memory((kept) =>
    Object.keys(kept).filter((name) => name.startsWith(start)).forEach((name) => kept.removeItem(name)));

  const keep = (sent) => memory((kept) => {
    kept.setItem(key, JSON.stringify({ at: Date.now(), fields: waiting || entered(), sent }));
    return true;
  });

  function recall() {
    memory((kept) => Object.keys(kept).filter((name) => name.startsWith(PREFIX)).forEach((name) => {
      const age = Date.now() - JSON.parse(kept.getItem(name)).at;
      if (!(age >= 0 && age < DAY)) kept.removeItem(name);
    }));
    return memory((kept) => JSON.parse(kept.getItem(key)));
  }

  const entered = () => new URLSearchParams(new FormData(form)).toString();

  function fill(fields) {
    const values = new URLSearchParams(fields);
    for (const field of form.elements) {
      if (fits(field)) field.checked = values.getAll(field.name).includes(field.value);
      else if (field.name && field.name !== "form_id") field.value = values.get(field.name) || "";
    }
  }

  const questions = () => [...form.querySelectorAll(".q")].filter((question) => question.offsetHeight);
  const answered = (question) => [...question.querySelectorAll("input,textarea")]
    .some((field) => (fits(field) ? field.checked : field.value.trim()));

  function say(element, text) {
    // A live region is read out when it changes, so it is left alone where it says the same.
    if (element.textContent !== text) element.textContent = text;
  }

  function refresh() {
    const all = questions();
    const count = all.filter(answered).length;
    const said = id("progress");
    say(said, said.dataset.text.replace("{answered}", count).replace("{count}", all.length));
    Object.assign(id("bar"), { max: all.length, value: count });
    id("next").hidden = Boolean(waiting) || count === all.length;
    id("draft").hidden = !count;
    for (const field of form.elements) if (field.name) field.disabled = Boolean(waiting);
    return count;
  }

  function changed(event) {
    here = event.target.closest(".q") || here;
    if (!refresh()) forget(key);
    else if (!keep(false)) id("kept").hidden = true;
  }

  function goToNext() {
    const open = questions().filter((question) => !answered(question));
    const FOLLOWS = Node.DOCUMENT_POSITION_FOLLOWING;
    here = open.find((question) => here && here.compareDocumentPosition(question) & FOLLOWS) || open[0];
    here.scrollIntoView();
    here.querySelector("input,textarea").focus({ preventScroll: true });
  }

  function wipe() {
    if (!confirm(id("wipe").dataset.sure)) return;
    stop();
    forget(key);
    fill("");
    // The old id may have arrived with the old answers.
    form.elements.form_id.value = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
    refresh();
    here = null;
    goToNext();
  }

  function stop() {
    clearTimeout(timer);
    waiting = null;
    tries = 0;
    id("waiting").hidden = true;
    say(id("send"), id("send").dataset.send);
  }

  function submitted(event) {
    event.preventDefault();
    if (!waiting) {
      waiting = entered();
      keep(true);
      refresh();
    }
    deliver();
  }

  function postpone() {
    say(id("send"), id("send").dataset.again);
    if (id("waiting").hidden) {
      id("waiting").hidden = false;
      id("waiting").scrollIntoView({ block: "center" });
    }
    timer = setTimeout(deliver, WAITS[Math.min(tries++, WAITS.length - 1)] * 1000);
  }

  async function deliver() {
    if (busy || !waiting) return;
    const sent = waiting;
    busy = true;
    clearTimeout(timer);
    say(id("send"), id("send").dataset.sending);
    const reply = await post(sent);
    busy = false;
    if (sent !== waiting) deliver();
    else if (reply) show(reply);
    else postpone();
  }

  // Return what our server says about the form; null where it was not reached, or is too busy to say.
  async function post(fields) {
    const cut = new AbortController();
    const limit = setTimeout(() => cut.abort(), PATIENCE);
    try {
      const body = new URLSearchParams(fields);
      const reply = await fetch(location.href, { method: "POST", body, signal: cut.signal });
      const text = await reply.text();
      const thanked = reply.ok && new URL(reply.url).pathname === location.pathname + "/cam-on";
      const refused = reply.status >= 400 && reply.status < 500 && ![408, 425, 429].includes(reply.status);
      return thanked || refused ? { url: reply.url, status: reply.status, text, thanked } : null;
    } catch (unreached) {
      return null;
    } finally {
      clearTimeout(limit);
    }
  }

  // Put the server's page in the place of this one: asking for it again would cost a slow line twice.
  function show(reply) {
    const page = new DOMParser().parseFromString(reply.text, "text/html");
    if (reply.thanked) history.replaceState(null, "", reply.url);
    if (reply.thanked || reply.status === 409) forget(key);
    else keep(false);
    const first = page.querySelector(TROUBLE) || page.querySelector("h1");
    first.removeAttribute("autofocus");
    first.tabIndex = -1;
    document.title = page.title;
    document.body.replaceWith(page.body);
    start();
    scrollTo({ top: 0, behavior: "instant" });
    first.focus({ preventScroll: true });
  }

  function start() {
    const path = location.pathname;
    form = document.querySelector("form");
    waiting = here = null;
    tries = 0;
    if (path.endsWith("/cam-on")) forget(PREFIX + path.slice(0, -"cam-on".length - 1) + " ");
    if (form) open(PREFIX + path + " " + form.dataset.version);
  }

  function open(name) {
    key = name;
    const kept = recall();
    // What came back from the server was entered last.
    if (kept && !document.querySelector(TROUBLE)) restore(kept);
    for (const hidden of form.querySelectorAll(".scripted")) hidden.hidden = false;
    id("kept").hidden = !memory(() => true);
    form.addEventListener("input", changed);
    form.addEventListener("focusin", (event) => (here = event.target.closest(".q") || here));
    id("next").addEventListener("click", goToNext);
    id("wipe").addEventListener("click", wipe);
    if (window.AbortController) form.addEventListener("submit", submitted);
    refresh();
    if (waiting) {
      postpone();
      deliver();
    }
  }

  function restore(kept) {
    fill(kept.fields);
    form.prepend(id("draft"));
    if (!kept.sent) return;
    waiting = kept.fields;
    form.elements.form_id.value = new URLSearchParams(waiting).get("form_id");
  }

  addEventListener("online", deliver);
  start();
})();
