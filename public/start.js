// Loads and starts the application with the texts of the page's language. A file of its own, so that the page needs no
// inline script for it.
const version = new URL(import.meta.url).search;

async function application() {
  const glue = document.getElementById("interface").href;
  const module = await import(glue);
  await module.default({ module_or_path: new URL("hammock_bg.wasm", glue) });
  return module;
}

// Brings the other parts into the browser's cache while nothing else is to do: their pages open at once, and go on to work
// in this page after an upgrade, when the server no longer has these files.
function fetchLater() {
  if (navigator.connection?.saveData) return;
  const link = document.getElementById("interface");
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 1000));
  idle(async () => {
    for (const name of link.dataset.later?.split(" ").filter(Boolean) ?? []) {
      // What does not arrive is asked for again when it is needed.
      await fetch(new URL(name, link.href), { priority: "low" }).then((answer) => answer.blob()).catch(() => {});
    }
  });
}

async function texts() {
  const answer = await fetch(`/locales/${document.documentElement.lang}.json${version}`);
  if (!answer.ok) throw new Error(`the texts answered ${answer.status}`);
  return answer.text();
}

// What is typed into the page before it is live counts as typed: it is entered again once the page listens.
const typed = new Map();
const FIELDS = "textarea, input:not([type=checkbox], [type=radio], [type=file], [type=hidden])";
for (const field of document.querySelectorAll(FIELDS)) {
  if (field.value !== field.defaultValue) typed.set(field, field.value);
}
const listen = ({ target }) => target.matches(FIELDS) && typed.set(target, target.value);
document.addEventListener("input", listen, true);

function repeat() {
  document.removeEventListener("input", listen, true);
  for (const [field, value] of typed) {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

try {
  const [loaded, language] = await Promise.all([application(), texts()]);
  await loaded.hydrate(language);
  repeat();
  // Says that clicks do something from now on.
  document.documentElement.dataset.live = "";
  fetchLater();
} catch (error) {
  // The page can be read but not used: say so in its language, with a way out.
  const notice = document.getElementById("not-live").content.cloneNode(true);
  notice.querySelector("button").addEventListener("click", () => location.reload());
  document.body.append(notice);
  throw error;
}
