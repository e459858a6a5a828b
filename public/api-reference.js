// The page about the API can be read without this. With it, the list can be filtered, commands can be copied, and requests
// can be sent: as the person who is signed in, or with a key, which is kept nowhere.
for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;

const filter = document.getElementById("filter");
const entries = [...document.querySelectorAll("details.operation")].map((entry) => {
  const section = entry.closest(".reference-section");
  // What stands in its head, and the section that it belongs to.
  return { entry, text: `${section.querySelector("h2").textContent} ${entry.querySelector("summary").textContent}`.toLowerCase() };
});

function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { entry, text } of entries) entry.hidden = !words.every((word) => text.includes(word));
  let shown = 0;
  for (const section of document.querySelectorAll(".reference-section")) {
    section.hidden = !section.querySelector("details.operation:not([hidden])");
    const link = document.querySelector(`.reference-sections a[href="#${section.id}"]`);
    if (link) link.parentElement.hidden = section.hidden;
    if (!section.hidden) shown += 1;
  }
  document.getElementById("nothing-found").hidden = shown > 0;
}
filter.addEventListener("input", applyFilter);
// The browser may have kept what was typed before the page was loaded anew.
applyFilter();

/** An address that names an operation, a type or a section shows it, unfolded, whatever was filtered. */
function unfold() {
  const id = decodeURIComponent(location.hash.slice(1));
  const named = id && document.getElementById(id);
  if (!named) return;
  if (named.closest("[hidden]")) {
    filter.value = "";
    applyFilter();
  }
  if (named instanceof HTMLDetailsElement) named.open = true;
  named.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

// The key that many such pages have for their search.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea")) return;
  event.preventDefault();
  filter.focus();
});

/** Whether the text of `place` is on the clipboard now. From plain http, browsers only copy what is selected. */
async function copy(place) {
  try {
    if (isSecureContext) {
      await navigator.clipboard.writeText(place.textContent);
      return true;
    }
    getSelection().selectAllChildren(place);
    return document.execCommand("copy");
  } catch {
    return false;
  }
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const label = button.querySelector("span");
  const before = label.textContent;
  button.addEventListener("click", async () => {
    label.textContent = (await copy(button.parentElement.querySelector("pre"))) ? button.dataset.done : button.dataset.refused;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}

/** The request that a form describes. */
function requestOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-place]")) {
    const value = field.value.trim();
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (value) query.set(field.name, value);
  }
  const headers = { accept: "application/json, text/event-stream;q=0.9, */*;q=0.5" };
  const key = document.getElementById("key").value.trim();
  if (key) headers["x-api-key"] = key;
  let body;
  if (form.elements.file) {
    body = new FormData();
    for (const file of form.elements.file.files) body.append("file", file);
  } else if (form.elements.body) {
    body = form.elements.body.value;
    headers["content-type"] = "application/json";
  }
  // With a key, the session stays out of it.
  const credentials = key ? "omit" : "same-origin";
  return [path + (query.size ? `?${query}` : ""), { method: form.dataset.method, headers, body, credentials }];
}

/** JSON on lines of its own, anything else as it is. */
function laidOut(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Writes what comes into `place`, while it comes where it is a stream. */
async function show(answer, place, file) {
  const type = answer.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      place.append(value);
      place.scrollTop = place.scrollHeight;
    }
  }
  const isFile = answer.ok && (answer.headers.get("content-disposition") ?? "").startsWith("attachment");
  if (isFile) {
    file.href = URL.createObjectURL(await answer.blob());
    file.download = /filename="([^"]*)"/.exec(answer.headers.get("content-disposition"))?.[1] ?? "";
    file.hidden = false;
  } else {
    place.textContent = laidOut(await answer.text());
  }
}

for (const form of document.querySelectorAll(".reference-trial")) {
  const [send, stop] = [form.querySelector("[type=submit]"), form.querySelector("[data-stops]")];
  const outcome = form.querySelector("[data-outcome]");
  const [says, place, file] = ["[role=status]", "pre", "[data-file]"].map((part) => outcome.querySelector(part));
  let sending;
  stop.addEventListener("click", () => sending?.abort());
  form.addEventListener("input", ({ target }) => target.setCustomValidity(""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    const body = form.elements.body;
    try {
      if (body) JSON.parse(body.value);
    } catch (error) {
      body.setCustomValidity(`${form.dataset.broken} ${error.message}`);
      body.reportValidity();
      return;
    }
    sending = new AbortController();
    send.setAttribute("aria-busy", "true");
    stop.hidden = false;
    outcome.hidden = false;
    file.hidden = true;
    URL.revokeObjectURL(file.href);
    says.textContent = "";
    place.textContent = "";
    let status = "";
    try {
      const [address, request] = requestOf(form);
      const began = performance.now();
      const answer = await fetch(address, { ...request, signal: sending.signal });
      status = `${answer.status} ${answer.statusText}`.trim();
      says.textContent = `${status} · ${Math.round(performance.now() - began)} ms`;
      says.dataset.good = String(answer.ok);
      await show(answer, place, file);
    } catch (error) {
      const stopped = error.name === "AbortError";
      says.textContent = [status, stopped ? form.dataset.cut : form.dataset.unreachable].filter(Boolean).join(" · ");
      says.dataset.good = String(stopped);
    }
    place.hidden = !place.textContent;
    sending = undefined;
    send.removeAttribute("aria-busy");
    stop.hidden = true;
  });
}
