// Loads and starts the application with the texts of the page's language. A file of its own, so that the page needs no
// inline script for it.
const version = new URL(import.meta.url).search;
const texts = fetch(`/locales/${document.documentElement.lang}.json${version}`).then((answer) => answer.text());
const application = await import(`/pkg/hammock.js${version}`);
await application.default({ module_or_path: `/pkg/hammock_bg.wasm${version}` });
application.hydrate(await texts);
// Says that clicks do something from now on.
document.documentElement.dataset.live = "";
