// Loads and starts the application with the texts of the page's language. A file of its own, so that the page needs no
// inline script for it.
const version = new URL(import.meta.url).search;

async function application() {
  const glue = document.getElementById("interface").href;
  const module = await import(glue);
  await module.default({ module_or_path: new URL("hammock_bg.wasm", glue) });
  return module;
}

async function texts() {
  const answer = await fetch(`/locales/${document.documentElement.lang}.json${version}`);
  if (!answer.ok) throw new Error(`the texts answered ${answer.status}`);
  return answer.text();
}

try {
  const [loaded, language] = await Promise.all([application(), texts()]);
  await loaded.hydrate(language);
  // Says that clicks do something from now on.
  document.documentElement.dataset.live = "";
} catch (error) {
  // The page can be read but not used: say so in its language, with a way out.
  const notice = document.getElementById("not-live").content.cloneNode(true);
  notice.querySelector("button").addEventListener("click", () => location.reload());
  document.body.append(notice);
  throw error;
}
