// The sign-in pages work without this; with it, passwords can be shown and their rules are checked while typing.
// The rules are those of the server (contract::password).
const rules = {
  length: (text) => [...text].length >= 8,
  lowercase: (text) => /\p{Lowercase}/u.test(text),
  other: (text) => /[^\p{Alphabetic}\p{Cc}]/u.test(text),
};

for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const show = field.type === "password";
    field.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    field.focus();
  });
  // A password is never sent from a field that browsers would remember as plain text.
  field.form.addEventListener("submit", () => { field.type = "password"; });
}

for (const list of document.querySelectorAll("[data-rules-of]")) {
  const field = document.getElementById(list.dataset.rulesOf);
  const check = () => {
    for (const item of list.querySelectorAll("[data-rule]")) {
      item.dataset.met = String(rules[item.dataset.rule](field.value));
    }
  };
  field.addEventListener("input", check);
  check();
}

// A form that takes long to fill in is not lost by accident: leaving the page with something typed in it asks first.
for (const form of document.querySelectorAll("form[data-guarded]")) {
  const fields = [...form.querySelectorAll("input:not([type=hidden])")];
  // A form that came back with an error holds what was typed before.
  let typed = form.dataset.guarded === "typed" || fields.some((field) => field.value !== field.defaultValue);
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
}
