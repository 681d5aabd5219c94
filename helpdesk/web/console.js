"use strict";
/* Live pages and keys. Everything works without: a page is reloaded, a link is clicked.

   A page whose <main> has data-live="30" is looked at again after so many seconds, and what has changed is exchanged,
   unless somebody is writing in it; of a list with data-patch the rows that changed, which it knows by their ids. Keys: /
   to search, j and k along the links with data-row, Enter opens; what has data-key="x" is clicked, or written into, by x.
   They can be switched off (WCAG 2.2, 2.1.4). */

const main = document.getElementById("main");

function writing() {
  const fields = [...main.querySelectorAll("textarea, input:not([type=hidden]), select")];
  return fields.some((one) => one === document.activeElement || chosen(one));
}

// Whether a field is another than the page gave it: a choice is as easily lost as a text.
function chosen(one) {
  if (one.matches("[type=checkbox], [type=radio]")) return one.checked !== one.defaultChecked;
  if (!one.options) return one.value !== one.defaultValue;
  return one.selectedIndex !== Math.max(0, [...one.options].findIndex((option) => option.defaultSelected));
}

async function refresh() {
  if (document.hidden || writing()) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") location.reload();
  if (!answer.ok || writing()) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("main");
  if (!fresh || shown(fresh) === shown(main)) return;
  const row = rows().indexOf(document.activeElement);
  const stop = stops().indexOf(document.activeElement);
  const open = unfolded(main);
  exchange([...main.children], [...fresh.children]);
  document.title = page.title;
  unfolded(main, open);
  if (main.contains(document.activeElement)) return;
  if (row >= 0) rows()[Math.min(row, rows().length - 1)]?.focus();
  else if (stop >= 0) stops()[stop]?.focus({ preventScroll: true });
}

// Where the key of a form is another each time, nothing of what is shown is.
function shown(part) {
  return part.innerHTML.replace(/ data-key-of-form="" value="[^"]*"/g, "");
}

function stops() {
  return [...main.querySelectorAll("a[href], button, summary")];
}

// Which parts a reader has opened, by their names; opens those that are given.
function unfolded(part, open) {
  const seen = new Map();
  const found = new Set();
  for (const one of part.querySelectorAll("details")) {
    const name = one.firstElementChild.textContent;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    const called = `${name} ${seen.get(name)}`;
    if (open?.has(called)) one.open = true;
    if (one.open) found.add(called);
  }
  return found;
}

function exchange(old, fresh) {
  const alike = old.length === fresh.length && old.every((one, at) => one.tagName === fresh[at].tagName);
  if (!alike) return main.replaceChildren(...fresh);
  old.forEach((one, at) => {
    if (one.isEqualNode(fresh[at])) return;
    if (one.matches("[data-patch]")) patch(one, fresh[at]);
    else one.replaceWith(fresh[at]);
  });
}

function patch(list, fresh) {
  const known = new Map([...list.children].map((row) => [row.id, row]));
  const wanted = [...fresh.children].map((row) => (known.get(row.id)?.isEqualNode(row) ? known.get(row.id) : row));
  for (const row of [...list.children]) if (!wanted.includes(row)) row.remove();
  wanted.forEach((row, at) => {
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
  });
}

function rows() {
  return [...main.querySelectorAll("[data-row]")];
}

function move(by) {
  const found = rows();
  const at = found.indexOf(document.activeElement);
  found[Math.max(0, Math.min(found.length - 1, at + by))]?.focus();
}

const help = document.getElementById("keys");

function switchKeys(off) {
  if (off === undefined) off = localStorage.getItem("keys") === "off";
  else localStorage.setItem("keys", off ? "off" : "on");
  help.querySelector("button").setAttribute("aria-pressed", String(off));
  return off;
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || switchKeys()) return;
  if (event.target.closest("textarea, input, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const meant = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (meant?.matches("input, textarea, select")) meant.focus();
  else if (meant) meant.click();
  else return;
  event.preventDefault();
}

// Others see that somebody is writing; and who writes sees who else is.
let saidAt = 0;
async function writes(event) {
  const form = event.target.closest("form[data-writing]");
  if (!form || Date.now() - saidAt < 20_000) return;
  saidAt = Date.now();
  const answer = await fetch(form.dataset.writing, { method: "POST", body: new URLSearchParams({ csrf: form.elements.csrf.value }) });
  if (answer.ok) form.querySelector("[data-writers]").textContent = await answer.text();
}

document.addEventListener("input", (event) => writes(event).catch(() => {}));
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-once]")) for (const one of event.target.querySelectorAll("button")) one.disabled = true;
});
document.addEventListener("keydown", pressed);
help.hidden = false;
help.querySelector("button").addEventListener("click", () => switchKeys(!switchKeys()));
switchKeys();
const seconds = Number(main?.dataset.live);
if (seconds > 0) setInterval(() => refresh().catch(() => {}), seconds * 1000);
