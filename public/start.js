// Loads and starts the application. A file of its own, so that the page needs no inline script for it.
const version = new URL(import.meta.url).search;
const application = await import(`/pkg/hammock.js${version}`);
await application.default({ module_or_path: `/pkg/hammock_bg.wasm${version}` });
application.hydrate();
// Says that clicks do something from now on.
document.documentElement.dataset.live = "";
