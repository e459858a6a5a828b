// Served as /embed/…/hammock-widget.js: does in the page what the chat (WASM) decides, and tells it what happened there.
// What the commands are stands in widget/src/command.rs. The build drops comments and indentation.
export const css = "__STYLES__";

// How long a stream may be silent: the server says something every 15 seconds, and be it only that it is there.
const silence = 45_000;
// Of all chats of the page: a second one beside it would take the place of the first, with the chats in it.
let started;
let wasm;

const checked = (answer) => {
  if (!answer.ok) throw new Error("hammock-chat: not there, " + answer.status);
  return answer;
};

// What wasm-bindgen's own script would do, as far as three functions need it. The build looks whether it still does the same.
async function load(answer) {
  const bytes = await checked(await answer).arrayBuffer();
  const imports = { "./hammock_widget_bg.js": { __wbindgen_init_externref_table() {} } };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  wasm = instance.exports;
  wasm.__wbindgen_start();
}

const memory = () => new Uint8Array(wasm.memory.buffer);

// Bytes, or what is written as a text, as the place and the length that they have there from now on.
const passed = (value) => {
  const bytes = value instanceof Uint8Array ? value : new TextEncoder().encode(value);
  const place = wasm.__wbindgen_malloc(bytes.length, 1) >>> 0;
  memory().set(bytes, place);
  return [place, bytes.length];
};

// The other way: the text at a place, which is given back.
const taken = ([at, length]) => {
  const place = at >>> 0;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(memory().subarray(place, place + length));
  wasm.__wbindgen_free(at, length, 1);
  return text;
};

export async function start({ panel, origin, assistant, config, title, language, mode, wasm: code, emit }) {
  // Each has a file of texts in the same folder; the last is for everybody else.
  const [tag] = /^(fr|cs)/.exec(language.toLowerCase()) ?? ["en"];
  const file = new URL(`texts-${tag}.txt`, import.meta.url);
  const fetched = fetch(file, { credentials: "omit" }).then((answer) => checked(answer).text());
  // It is looked at below.
  fetched.catch(() => {});
  try {
    await (started ??= load(code));
  } catch (error) {
    started = undefined;
    throw error;
  }
  const texts = await fetched;
  const key = "hammock:" + assistant;
  const api = origin + "/api/v1/public";
  const phone = matchMedia("(max-width: 640px)");
  const floating = mode === "floating";
  const framed = mode === "frame";
  // What Hammock's own page knows of the page around it; on a customer's page there is no such attribute.
  const around = framed && panel.getRootNode().host.getAttribute("framed-by");
  // Nothing takes the focus that the visitor has elsewhere.
  let mayFocus = false;
  let isAtEnd = true;
  let top = 0;
  let open;
  // What the visitor wants to send, by the number that the chat knows it by, and what sends it.
  const files = [];
  const senders = [];
  // The window in which the visitor signs in, and what looks whether it is still there.
  let popup;
  let watch;

  const stored = () => {
    try {
      return localStorage.getItem(key) || "";
    } catch {
      return "";
    }
  };
  const seed = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const chat = wasm.begin(...[config, texts, mode, stored(), seed].flatMap(passed));
  const find = (selector) => (selector ? panel.querySelector(selector) : panel);
  const tell = (what, name = "", value = "") => run(taken(wasm.handle(chat, ...[what, name, value].flatMap(passed))));

  const request = (first, body, signal) => {
    const [, method, path, token] = first.split(" ");
    const headers = {};
    if (token) headers.authorization = "Bearer " + token;
    if (body) headers["content-type"] = "application/json";
    if (around) headers["x-framed-by"] = around;
    return fetch(api + path, { method, headers, body: body || null, signal, credentials: "omit", cache: "no-store" });
  };

  const does = {
    html(selector, html) {
      const element = find(selector);
      if (!element) return;
      if (selector === ".log") isAtEnd = true;
      element.innerHTML = html;
    },
    message(number, html) {
      const made = document.createElement("template");
      made.innerHTML = html;
      const message = made.content.firstChild;
      const there = find("#m" + number);
      if (!there) find(".log")?.append(message);
      // What stays the same is not read out again, and stays selected.
      else if (!there.isEqualNode(message)) there.replaceWith(message);
    },
    // What is read stays where it is.
    before(more, html) {
      const log = find(".log");
      const button = find(".before");
      if (!button) return;
      const below = log.scrollHeight - log.scrollTop;
      // What was said before is not read out as if it were new.
      log.ariaLive = "off";
      requestAnimationFrame(() => (log.ariaLive = null));
      button.insertAdjacentHTML("afterend", html);
      if (!more) {
        // The focus would be gone with it.
        if (button.matches(":focus-within")) log.focus();
        button.remove();
      }
      log.scrollTop = log.scrollHeight - below;
    },
    block(numbers, html) {
      const [message, place] = numbers.split(" ");
      const blocks = find(`#m${message} .blocks`);
      const block = blocks?.children[place];
      if (block) block.innerHTML = html;
      else blocks?.insertAdjacentHTML("beforeend", `<div>${html}</div>`);
    },
    set(name, value) {
      const space = name.lastIndexOf(" ");
      find(name.slice(0, space))?.setAttribute(name.slice(space + 1), value);
    },
    value(selector, text) {
      const field = find(selector);
      if (field) field.value = text;
    },
    focus(selector) {
      if (mayFocus) find(selector)?.focus();
    },
    end(own) {
      const log = find(".log");
      if (own) isAtEnd = true;
      if (log && isAtEnd) log.scrollTop = log.scrollHeight;
    },
    async send(first, body) {
      const [tag] = first.split(" ");
      let answer = "0\n";
      try {
        const response = await request(first, body);
        answer = response.status + "\n" + (await response.text());
      } catch {
        // There is no connection: status 0.
      }
      tell("answer", tag, answer);
    },
    async stream(first, body) {
      const [tag] = first.split(" ");
      const own = (open = new AbortController());
      let silent;
      const listen = () => {
        clearTimeout(silent);
        silent = setTimeout(() => own.abort(), silence);
      };
      let answer = "0\n";
      try {
        // Nobody may answer at all.
        listen();
        const response = await request(first, body, own.signal);
        if (response.ok) {
          const reader = response.body.getReader();
          answer = "";
          for (;;) {
            listen();
            const { done, value } = await reader.read();
            if (done) break;
            run(taken(wasm.chunk(chat, tag, ...passed(value))));
          }
        } else {
          answer = response.status + "\n" + (await response.text());
        }
      } catch {
        // The connection broke, or nobody waits for the stream any more, which the chat knows.
      }
      clearTimeout(silent);
      if (answer) tell("answer", tag, answer);
      else tell("ended", tag);
    },
    abort() {
      open?.abort();
    },
    upload(first, number) {
      const [tag, method, path, token] = first.split(" ");
      // It was taken away while the visitor was let in.
      if (!files[number]) return;
      const form = new FormData();
      form.append("file", files[number]);
      // Unlike fetch it tells how far it is.
      const sender = (senders[number] = new XMLHttpRequest());
      sender.open(method, api + path);
      sender.setRequestHeader("authorization", "Bearer " + token);
      sender.upload.onprogress = ({ loaded, total }) => tell("sent", number, Math.floor((loaded * 100) / total));
      sender.onloadend = () => tell("answer", tag, sender.status + "\n" + sender.responseText);
      sender.send(form);
    },
    drop(number) {
      senders[number]?.abort();
      senders[number] = files[number] = undefined;
    },
    wait(first) {
      const space = first.indexOf(" ");
      setTimeout(() => tell("wait", first.slice(space + 1)), first.slice(0, space));
    },
    store(_, text) {
      try {
        if (text) localStorage.setItem(key, text);
        else localStorage.removeItem(key);
      } catch {
        // The page may not store anything: the conversation ends with it.
      }
    },
    popup(path) {
      clearInterval(watch);
      const size = "popup,width=480,height=640";
      popup = window.open(`${origin}${path}?lang=${tag}&origin=${encodeURIComponent(location.origin)}`, "_blank", size);
      if (!popup) return tell("window", "blocked");
      let gone = 0;
      watch = setInterval(() => {
        // What it said before it closed itself may still be on its way.
        if (popup.closed) gone += 1;
        if (gone < 2) return;
        clearInterval(watch);
        tell("window", "closed");
      }, 300);
    },
    emit(name, value) {
      const isError = name === "error";
      const detail = { [isError ? "code" : "text"]: value };
      emit(name, detail);
      if (framed && isError) parent.postMessage([name, detail], "*");
    },
  };

  function run(commands) {
    if (!commands) return;
    for (const command of commands.split("\x1e")) {
      const [name, first, second] = command.split("\x1f");
      does[name](first, second);
    }
  }

  const chooser = () => find("[type=file]");
  const take = (event, list) => {
    if (!chooser() || !list.length) return;
    event.preventDefault();
    for (const file of list) tell("file", files.push(file) - 1, file.size + "\n" + file.name);
  };

  panel.addEventListener("click", (event) => {
    mayFocus = true;
    const link = event.target.closest("a[href]");
    const button = event.target.closest("[data-do]");
    if (link) {
      const cited = /^#cite-(\d+)$/.exec(link.getAttribute("href"));
      if (cited) {
        event.preventDefault();
        const source = link.closest("article")?.querySelector(`[data-source="${cited[1]}"]`);
        if (source) {
          source.open = true;
          source.querySelector("summary").focus();
        }
      } else {
        link.target = "_blank";
        link.rel = "noopener noreferrer";
      }
    } else if (button?.dataset.do === "attach") {
      chooser().click();
    } else if (button) {
      const field = button.closest(".ask,.field")?.querySelector("textarea,input");
      tell("click", button.dataset.do, (button.dataset.n || "") + "\n" + (field ? field.value : ""));
    }
  });

  panel.addEventListener("input", ({ target }) => {
    const what = target.matches("textarea") ? "typed" : target.type === "email" && "mail";
    if (what) tell(what, target.closest(".field")?.querySelector("[data-n]").dataset.n, target.value);
  });
  panel.addEventListener("change", (event) => {
    const { target } = event;
    if (target.matches("select")) tell("click", "reason", target.dataset.n + "\n" + target.value);
    else if (target === chooser()) {
      take(event, target.files);
      target.value = "";
    }
  });
  // Some programs put a picture of a text beside it: then the text is meant.
  panel.addEventListener("paste", (event) => event.clipboardData.getData("text") || take(event, event.clipboardData.files));
  panel.addEventListener("drop", (event) => take(event, event.dataTransfer.files));
  panel.addEventListener("dragover", (event) => {
    if (chooser() && event.dataTransfer.types.includes("Files")) event.preventDefault();
  });

  panel.addEventListener("keydown", (event) => {
    // Shortcuts of the page around are not meant while somebody writes here.
    event.stopPropagation();
    // Enter that only ends the composition of a character sends nothing (Safari says 229).
    if (event.isComposing || event.keyCode === 229) return;
    mayFocus = true;
    const { key: pressed, shiftKey, target } = event;
    if (pressed === "Escape" && (floating || framed)) {
      emit("close");
    } else if (pressed === "Enter" && !shiftKey && target.matches(".ask textarea")) {
      event.preventDefault();
      tell("ask", "", target.value);
    } else if (pressed === "Enter" && target.matches(".field input")) {
      target.closest(".field").querySelector("button").click();
    } else if (pressed === "Tab" && floating && phone.matches) {
      const all = [...panel.querySelectorAll("button,select,textarea,input:not([hidden]),a[href],summary,[tabindex]")];
      if (shiftKey) all.reverse();
      if (target === all.at(-1)) {
        event.preventDefault();
        all[0].focus();
      }
    }
  });

  panel.addEventListener(
    "scroll",
    () => {
      const log = find(".log");
      top = log.scrollTop;
      isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    },
    { capture: true, passive: true },
  );
  addEventListener("online", () => tell("online"));
  addEventListener("offline", () => tell("offline"));
  addEventListener("storage", (event) => {
    if (event.key === key) tell("stored", "", event.newValue || "");
  });

  addEventListener("message", ({ origin: from, source, data }) => {
    if (popup && source === popup && from === origin) {
      const said = { "hammock-signed-in": "done", "hammock-sign-in-failed": "failed" }[data?.type];
      if (!said) return;
      clearInterval(watch);
      tell("window", said, data.ticket || data.code);
    } else if (framed && source === parent && data instanceof Object) {
      if ("identity" in data) {
        // The script around the frame has spoken: it can close the frame.
        tell("framed");
        identify(data.identity);
      }
      if ("ask" in data) ask(data.ask);
    }
  });

  if (floating) {
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", title);
    const modal = () => panel.setAttribute("aria-modal", phone.matches);
    phone.onchange = modal;
    modal();
  }

  const ask = (text) => tell("ask", "page", text);
  const identify = (identity) => tell("identify", "", identity || "");
  if (framed) parent.postMessage(["ready"], "*");

  return {
    identify,
    open(byVisitor) {
      mayFocus ||= byVisitor;
      tell("open", origin);
    },
    ask,
    // An element that is taken out of a page begins at its top when it comes back.
    moved() {
      const log = find(".log");
      if (log) log.scrollTop = top;
    },
  };
}
