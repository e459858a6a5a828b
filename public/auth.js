// The sign-in pages work without this. With it, passwords can be shown, their rules are checked while typing, every faulty
// field is told beside it before anything is sent, and what was typed stays when the server refuses it.
// The rules are those of the server (contract::password, contract::check).
const rules = {
  length: (text) => [...text].length >= 8,
  lowercase: (text) => /\p{Lowercase}/u.test(text),
  other: (text) => /[^\p{Alphabetic}\p{Cc}]/u.test(text),
};

// Whoever has signed out leaves nothing typed in this tab. Where that was refused, the page that says so has another address, and
// nothing is lost (app/src/chat/drafts.rs).
try {
  const hasLeft = sessionStorage.getItem("hammock-leaving") && location.pathname === "/sign-in" && !location.search;
  for (const name of Object.keys(sessionStorage)) {
    if (name === "hammock-leaving" || (hasLeft && name.startsWith("hammock-draft-"))) sessionStorage.removeItem(name);
  }
} catch {
  // The browser keeps nothing for this site.
}

const isEmail = (text) => {
  const at = text.lastIndexOf("@");
  return [...text].length <= 254 && !/[\s\p{Cc}]/u.test(text) && at > 0 && text.slice(at + 1).split(".").every(Boolean);
};

const showsPassword = (button, shown) => {
  document.getElementById(button.dataset.shows).type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
};

for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    showsPassword(button, field.type === "password");
    field.focus();
  });
  // A password is never sent from a field that browsers would remember as plain text.
  field.form.addEventListener("submit", () => showsPassword(button, false));
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

/** The fields that somebody fills in. */
const fieldsOf = (form) => [...form.querySelectorAll("input[name]:not([type=hidden])")];

/** What is wrong with what stands in a field; nothing when it is right. The words come with the page, in its language. */
function faultOf(field, words) {
  if (field.type === "checkbox") return field.required && !field.checked ? words.terms : "";
  const isPassword = field.type === "password";
  const text = isPassword ? field.value : field.value.trim();
  if (!text) return field.required ? words.missing : "";
  if (field.type === "email" && !isEmail(text)) return words.email;
  if (field.dataset.most && [...text].length > field.dataset.most) return field.dataset.long;
  const hasRules = isPassword && document.querySelector(`[data-rules-of="${field.name}"]`);
  if (hasRules && [...text].length > 256) return words.long;
  if (hasRules && !Object.values(rules).every((rule) => rule(text))) return words.weak;
  const repeated = field.dataset.repeats && field.form.elements[field.dataset.repeats];
  return repeated && repeated.value !== text ? words.differs : "";
}

/** Shows what is wrong with a field beside it, or that nothing is any more. */
function tell(field, text) {
  const note = document.getElementById(`${field.name}-error`);
  if (!note) return;
  note.hidden = !text;
  note.querySelector("span").textContent = text;
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  const about = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== note.id);
  if (text) about.unshift(note.id);
  if (about.length) field.setAttribute("aria-describedby", about.join(" "));
  else field.removeAttribute("aria-describedby");
}

/** Shows what is wrong with the form as a whole, or that nothing is any more. */
function tellAll(form, text) {
  const note = form.querySelector("[data-problem]");
  note.hidden = !text;
  note.querySelector("span").textContent = text;
}

/** Shows what `fault` finds in each field and leads to the first that is faulty; whether there is one. */
function judge(form, fault) {
  const fields = fieldsOf(form);
  for (const field of fields) tell(field, fault(field));
  const first = fields.find((field) => field.getAttribute("aria-invalid") === "true");
  first?.focus();
  return Boolean(first);
}

/** Sends the form as the browser would, without leaving the page; says where it led, or shows what was wrong with it. */
async function send(form) {
  let answer, page;
  try {
    const body = new URLSearchParams(new FormData(form));
    answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { accept: "text/html" } });
    if (answer.redirected) return answer.url;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    tellAll(form, form.dataset.unavailable);
    return undefined;
  }
  const again = page.querySelector(`form[action="${form.getAttribute("action")}"]`);
  const main = page.querySelector("main");
  if (again) {
    // The page as it was typed into, with the words of the page that came back.
    const says = (note) => (note && !note.hidden ? note.textContent.trim() : "");
    tellAll(form, says(again.querySelector("[data-problem]")));
    judge(form, (field) => says(page.getElementById(`${field.name}-error`)));
  } else if (main) {
    // It is another page now: the mail is on its way, the link has ended.
    document.title = page.title;
    document.querySelector("main").replaceWith(document.adoptNode(main));
    const heading = main.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
  } else {
    tellAll(form, answer.status > 500 ? form.dataset.unavailable : form.dataset.failed);
  }
  return undefined;
}

for (const form of document.querySelectorAll("form[data-missing]")) {
  // From here on the page speaks, in its own language, instead of the browser.
  form.noValidate = true;
  const button = form.querySelector("[type=submit]");
  // A form that takes long to fill in is not lost by accident: leaving the page with something typed in it asks first. A form
  // that came back with an error holds what was typed before.
  const guarded = form.dataset.guarded !== undefined;
  let typed = form.dataset.guarded === "typed" || fieldsOf(form).some((field) => field.value !== field.defaultValue);
  if (guarded) addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
  form.addEventListener("input", ({ target }) => {
    typed = true;
    tell(target, "");
    // What repeats this field is no longer known to differ from it.
    for (const other of fieldsOf(form)) if (other.dataset.repeats === target.name) tell(other, "");
  });
  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    tellAll(form, "");
    if (judge(form, (field) => faultOf(field, form.dataset))) return;
    sending = true;
    button.setAttribute("aria-busy", "true");
    const next = await send(form);
    sending = false;
    button.removeAttribute("aria-busy");
    if (next !== undefined) {
      typed = false;
      location.assign(next);
    } else if (!form.isConnected) {
      typed = false;
    }
  });
}
