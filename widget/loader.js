// Served as /embed.js: defines <hammock-chat> and draws its launcher. Everything else is fetched when somebody wants it.
// The build drops comments and indentation (xtask/src/site/widget.rs), so a comment stands on lines of its own.
(() => {
  if (customElements.get("hammock-chat")) return;
  const script = document.currentScript || document.querySelector('script[src$="/embed.js"]');
  const origin = script.src.split("/embed.js")[0];
  const folder = origin + "__FOLDER__";
  // What the launcher is called, and what is said where the rest cannot be fetched.
  const words = {
    en: ["Chat with us", "Loading failed. Close and try again."],
    fr: ["Discutez avec nous", "Le chargement a échoué. Fermez et réessayez."],
    cs: ["Napište nám", "Načtení selhalo. Zavřete a zkuste znovu."],
  };
  const credentials = "omit";
  // Of the launcher alone: what is opened has its style when it is opened.
  const drawn = `
:host{all:initial!important;display:block!important;direction:inherit!important}
.box{--accent:#1f6f5c;--on-accent:#fff;color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
.floating{position:fixed;z-index:2147483000;bottom:var(--y);inset-inline-end:var(--x)}
.start{inset-inline:var(--x) auto}
.launch{display:flex;align-items:center;gap:8px;min-height:56px;padding:0 16px;border:0;border-radius:28px;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer;box-shadow:0 4px 16px #0004}
.launch:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.launch i{width:24px;height:24px;background:currentColor;clip-path:path("M6 4h12q3 0 3 3v7q0 3-3 3h-7l-5 4v-4q-3 0-3-3V7q0-3 3-3z");forced-color-adjust:none}
.box [hidden]{display:none}
`;
  const opened = `
.panel{box-sizing:border-box;border:1px solid #8886;border-radius:16px;background:Canvas;color:CanvasText;overflow:hidden}
.floating .panel{position:absolute;bottom:68px;inset-inline-end:0;width:384px;height:600px;max-height:calc(100dvh - 92px - var(--y));box-shadow:0 16px 48px #0005}
.start .panel{inset-inline:0 auto}
.inline .panel{height:var(--hammock-height,600px)}
.page .panel{position:fixed;inset:0;border:0;border-radius:0}
iframe{border:0;width:100%;height:100%}
.loading{padding:24px}
@media(max-width:640px){.floating .panel{width:100%;height:100dvh;max-height:none;position:fixed;inset:0;border:0;border-radius:0}.needed .panel{height:calc(100dvh - 96px)}.open:not(.needed) .launch{display:none}}
`;
  const sheet = (css) => {
    const made = new CSSStyleSheet();
    made.replaceSync(css);
    return made;
  };
  const quietly = (promise) => promise.catch(() => {});
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  // By assistant: what stays when a single-page application takes the element away and brings another one.
  const chats = new Map();

  class Chat {
    constructor(id, element) {
      this.id = encodeURIComponent(id);
      this.api = `${origin}/api/v1/public/assistants/${this.id}`;
      this.element = element;
      this.sheets = [sheet(drawn)];
      this.retry = "";
      // What a page asks waits for the chat in the frame.
      this.there = new Promise((there) => (this.isThere = there));
      this.mode = this.get("mode") || "floating";
      this.framed = this.mode === "iframe";
      this.page = this.mode === "page";
      // A frame has no way of its own to be closed before it is loaded.
      const box = (this.box = make("div", { className: "box " + (this.framed ? "floating needed" : this.mode) }));
      const launch = (this.launch = make("button", { className: "launch", ariaExpanded: "false", hidden: this.page }));
      launch.append(make("i"), (this.text = make("span")));
      this.panel = make("div", { className: "panel", hidden: true });
      box.append(this.panel, launch);
      launch.onpointerenter = launch.onfocus = () => this.framed || quietly(this.once("load"));
      launch.onclick = () => (this.shown ? this.close() : this.open(true));
      this.look({});
      if (this.page || this.get("open") !== null) this.open(this.page);
      else if (!this.framed) this.glance().catch(() => quietly(this.once("config")));
    }

    get(name) {
      return this.element.getAttribute(name) ?? this.element.getAttribute("data-" + name);
    }

    // Puts it into an element of the page.
    moveTo(element, root) {
      this.element = element;
      this.root = root;
      root.adoptedStyleSheets = this.sheets;
      if (root.firstChild !== this.box) root.replaceChildren(this.box);
      this.chat?.moved();
      this.identify(this.get("identity") ?? this.identity);
    }

    // What is opened has its style before what the chat itself brings along.
    prepare() {
      if (!this.sheets[1]) this.dress(opened);
    }

    dress(css) {
      this.sheets.push(sheet(css));
      if (this.root) this.root.adoptedStyleSheets = this.sheets;
    }

    // Who the visitor is, as the page says; a frame is told when it is there.
    identify(identity) {
      this.identity = identity;
      this.chat?.identify(identity);
      this.post({ identity });
    }

    post(said) {
      this.frame?.contentWindow?.postMessage(said, origin);
    }

    // What the chat says.
    hear(name, detail) {
      if (name === "close") this.close();
      else this.tell(name, detail);
      if (name === "ready") {
        this.identify(this.identity);
        this.isThere();
      }
    }

    tell(name, detail) {
      this.element.dispatchEvent(new CustomEvent("hammock:" + name, { detail, bubbles: true, composed: true }));
    }

    language() {
      return this.get("lang") || this.own || document.documentElement.lang || navigator.language;
    }

    // Colours, corner and texts: the attributes first, then what the assistant's interface says. The text is what the chat is given
    // of it.
    look(appearance, title, text) {
      this.title = title;
      this["once config"] = text;
      const set = (name, value) => value && this.box.style.setProperty(name, value);
      this.own = appearance.language;
      set("--accent", this.get("accent") || appearance.accent);
      set("--on-accent", this.get("on-accent") || appearance.on_accent);
      set("--x", (appearance.offset_x ?? 20) + "px");
      set("--y", (appearance.offset_y ?? 20) + "px");
      set("color-scheme", /^light$|^dark$/.exec(this.get("scheme") || appearance.scheme));
      this.box.classList.toggle("start", /start$/.test(this.get("position") || appearance.corner));
      const said = this.get("label") || appearance.launcher_text || "";
      this.text.textContent = said;
      this.text.hidden = !said;
      [this.launch.ariaLabel, this.failure] = words[this.language().slice(0, 2).toLowerCase()] || words.en;
      if (said) this.launch.ariaLabel = said;
    }

    // Does it the first time, and again after it has failed. A promise also of what look() was given.
    async once(name) {
      return (this["once " + name] ??= this[name]().catch((error) => {
        this["once " + name] = null;
        this.retry = "?" + Date.now();
        throw error;
      }));
    }

    // Asks how the chat looks by a script that is data alone: before anybody wants to chat, that costs the page less than a request
    // does. Where it is not to be had, the request is made all the same, and tells why.
    async glance() {
      const asked = make("script", { src: `${origin}/embed/look/${this.id}`, crossOrigin: "", nonce: script.nonce });
      document.head.append(asked);
      await new Promise((done) => (asked.onload = asked.onerror = done));
      // Where it did not come there is nothing, which is an error, too.
      this.look(...asked.look);
    }

    async config() {
      const answer = await fetch(this.api, { credentials });
      if (!answer.ok) {
        // Switched off, or not for this page: then there is nothing to press.
        if (/40[34]/.test(answer.status)) this.launch.hidden = !this.shown || this.page;
        throw new Error("hammock-chat: " + answer.status);
      }
      const text = await answer.text();
      const { title, appearance } = await new Response(text).json();
      this.look(appearance, title, text);
      return text;
    }

    async load() {
      this.panel.role = null;
      this.panel.textContent = "";
      const wasm = fetch(folder + "hammock_widget_bg.wasm", { credentials });
      quietly(wasm);
      // A page remembers for ever what could not be imported, by its address.
      const module = import(folder + "hammock-widget.js" + this.retry);
      quietly(module);
      const config = await this.once("config");
      const { css, start } = await module;
      this.prepare();
      this.dress(css);
      this.chat = await start({
        panel: this.panel,
        origin,
        assistant: this.id,
        config,
        title: this.title,
        language: this.language(),
        mode: this.page && parent !== window ? "frame" : this.mode,
        wasm,
        emit: (...said) => this.hear(...said),
      });
      this.hear("ready");
    }

    async open(byVisitor) {
      if (!this.shown) this.show(true);
      else if (this.chat || this.framed) return;
      if (this.framed) {
        if (!this.frame) {
          // There the attributes go before what is set in Hammock, too, and the page's language comes after it. A page need not
          // tell its frames where it is (Referrer-Policy), so that is said here.
          let src = `${origin}/public/${this.id}?frame=1&origin=${location.origin}&page=${document.documentElement.lang}`;
          for (const name of ["lang", "scheme", "accent", "on-accent"])
            src += `&${name}=` + encodeURIComponent(this.get(name) || "");
          // The chat in the frame says the same as the one without.
          addEventListener("message", (event) => {
            if (event.origin === origin && event.source === this.frame.contentWindow) this.hear(...event.data);
          });
          this.panel.append((this.frame = make("iframe", { src, title: this.launch.ariaLabel })));
        }
      } else {
        if (!this.chat) this.panel.className = "panel loading";
        try {
          await this.once("load");
          this.panel.className = "panel";
          this.box.classList.remove("needed");
          if (this.mode === "inline") this.launch.hidden = this.shown;
          this.chat.open(byVisitor);
        } catch (error) {
          this.box.classList.add("needed");
          // The way to close it, also where there is none while one chats.
          this.launch.hidden = this.page;
          this.panel.role = "alert";
          this.panel.textContent = this.failure;
          console.error(error);
          this.tell("error", { code: error.name });
          quietly(fetch(this.api + "/errors", {
            method: "POST", credentials, headers: { "content-type": "application/json" },
            body: JSON.stringify({ code: error.name, message: error.message }) }));
        }
      }
    }

    close() {
      if (!this.shown) return;
      if (this.page) {
        // In a frame the page around it decides.
        if (parent !== window) parent.postMessage(["close"], "*");
        return this.tell("close");
      }
      const held = this.root.activeElement;
      this.show(false);
      if (this.panel.contains(held)) this.launch.focus();
    }

    show(open) {
      this.prepare();
      this.shown = open;
      this.panel.hidden = !open;
      this.box.classList.toggle("open", open);
      this.launch.ariaExpanded = open;
      if (this.mode === "inline") this.launch.hidden = open;
      this.tell(open ? "open" : "close");
    }

    async ask(text) {
      await this.open(true);
      this.chat?.ask(String(text));
      await this.there;
      this.post({ ask: text });
    }
  }

  customElements.define(
    "hammock-chat",
    class extends HTMLElement {
      static observedAttributes = ["assistant", "identity"];
      #root = this.attachShadow({ mode: "closed" });
      #chat;

      connectedCallback() {
        const id = this.getAttribute("assistant");
        let chat = chats.get(id);
        // A second element for the same assistant shows nothing while the first is there: there is one conversation.
        if (!id || (chat?.element.isConnected && chat.element !== this)) return;
        chats.set(id, (chat ??= new Chat(id, this)));
        this.#chat = chat;
        chat.moveTo(this, this.#root);
      }

      // Some applications bring the next page before they take this one away: the chat goes to the element there. One that comes in
      // the place of this one is none of ours yet.
      disconnectedCallback() {
        for (const other of document.querySelectorAll("hammock-chat")) other.connectedCallback?.();
      }

      // Some applications name the assistant only after they have put the element into the page, or who the visitor is. The third
      // that is said is the new value: an identity that was taken away is nobody's any more.
      attributeChangedCallback(...said) {
        if (this.isConnected) this.connectedCallback();
        said[2] ?? this.identify();
      }

      // Opens the chat.
      open() {
        this.#chat?.open(true);
      }

      // Closes the chat; the conversation stays.
      close() {
        this.#chat?.close();
      }

      // Opens the chat and asks.
      ask(text) {
        this.#chat?.ask(text);
      }

      // Says who the visitor is, by a token that the page's server has signed; without one, that nobody is signed in there.
      identify(token) {
        this.#chat?.identify(token);
      }
    },
  );
})();
