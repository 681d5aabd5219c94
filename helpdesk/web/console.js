"use strict";
/* Live pages and keys. Everything works without: a page is reloaded, a link is clicked.

   A page whose <main> has data-live="30" is looked at again after so many seconds, and what it shows is exchanged,
   unless somebody is writing in it. Keys: / to search, j and k along the links with data-row, Enter opens;
   what has data-key="x" is clicked, or written into, by x. They can be switched off (WCAG 2.2, 2.1.4). */

const main = document.getElementById("main");

function writing() {
  const fields = [...main.querySelectorAll("textarea, input:not([type=hidden]), select")];
  return fields.some((one) => one === document.activeElement || (one.defaultValue !== undefined && one.value !== one.defaultValue));
}

async function refresh() {
  if (document.hidden || writing()) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") location.reload();
  if (!answer.ok || writing()) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("main");
  if (!fresh || fresh.innerHTML === main.innerHTML) return;
  const row = rows().indexOf(document.activeElement);
  main.replaceChildren(...fresh.childNodes);
  document.title = page.title;
  if (row >= 0) rows()[Math.min(row, rows().length - 1)]?.focus();
}

function rows() {
  return [...main.querySelectorAll("[data-row]")];
}

function move(by) {
  const found = rows();
  const at = found.indexOf(document.activeElement);
  found[Math.max(0, Math.min(found.length - 1, at + by))]?.focus();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("keys") === "off") return;
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

document.addEventListener("keydown", pressed);
const seconds = Number(main?.dataset.live);
if (seconds > 0) setInterval(() => refresh().catch(() => {}), seconds * 1000);
