// Loads and starts the application with the texts of the page's language. A file of its own, so that the page needs no
// inline script for it.
const version = new URL(import.meta.url).search;
const texts = fetch(`/locales/${document.documentElement.lang}.json${version}`).then((answer) => answer.text());
const application = await import(`/pkg/hammock.js${version}`);
await application.default({ module_or_path: `/pkg/hammock_bg.wasm${version}` });
const language = await texts;
// What was typed into the page before it is live counts as typed.
const fields = [...document.querySelectorAll("textarea, input:not([type=checkbox], [type=radio], [type=file], [type=hidden])")];
const typed = fields.filter((field) => field.value !== field.defaultValue).map((field) => [field, field.value]);
application.hydrate(language);
for (const [field, value] of typed) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
// Says that clicks do something from now on.
document.documentElement.dataset.live = "";
