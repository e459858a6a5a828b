// Every page of the application, in the light and in the dark, on a desk and on a phone: no finding of axe, nothing wider than the
// screen, nothing too small for a finger, and everything reachable with the keyboard.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { upload } from "../support/documents";
import { answered, answerLeaving, expect, expectAccessible, tabTo, test } from "../support/page";
import { make, newcomer, open, type Person } from "../support/people";

// A failure begins a new process, which prepares everything anew.
const who: Person = { email: `everywhere-${process.pid}@example.org`, password: "a hammock between trees 1" };
const question = "How do I put the chat on my website?";

/** Pages that anybody sees. */
const publicPages = [
  "/sign-in",
  "/register",
  "/forgotten-password",
  "/new-password",
  "/new-password?token=unknown",
  "/terms",
  "/privacy",
  "/api/docs",
  "/dev/ui",
  // Where nobody can register without an invitation.
  `http://127.0.0.1:${process.env.HAMMOCK_TEST_INVITED_PORT}/register`,
];

/** What the tests below look at. */
let state = "";
const made = { collection: "", source: "", website: "", document: "", assistant: "", conversation: "" };

/** Every page for somebody who is signed in, by its route in `app/src/routes.rs`. */
const pages = (): [route: string, address: string][] => [
  ["", "/"],
  ["/chat/:id?", "/chat"],
  ["/chat/:id?", `/chat/${made.conversation}`],
  ["/chat/:id?", "/chat/conv_unknown"],
  ["/chat/:id?", "/chat?list=1"],
  ["/chat/:id?", "/chat?list=1&q=nothing-like-it"],
  ["/assistants", "/assistants"],
  ["/assistants", "/assistants?q=nothing-like-it"],
  ["/assistants/new", "/assistants/new"],
  ["/assistants/:id/:tab?", `/assistants/${made.assistant}`],
  ["/assistants/:id/:tab?", `/assistants/${made.assistant}/interfaces`],
  ["/assistants/:id/:tab?", `/assistants/${made.assistant}/visitors`],
  ["/assistants/:id/:tab?", `/assistants/${made.assistant}/visitors?conversation=conv_unknown`],
  ["/assistants/:id/:tab?", "/assistants/asst_unknown"],
  ["/assistants/:id/:tab?", "/assistants/asst_unknown/interfaces"],
  ["/data", "/data"],
  ["/data", "/data?q=nothing-like-it"],
  ["/data/:collection", `/data/${made.collection}`],
  ["/data/:collection", `/data/${made.collection}?state=failed`],
  ["/data/:collection", "/data/coll_handbook"],
  ["/data/:collection", "/data/coll_unknown"],
  ["/data/:collection/search", "/data/coll_handbook/search"],
  ["/data/:collection/search", "/data/coll_handbook/search?q=website"],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.source}`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.source}?q=nothing-like-it`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.source}/functions`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.website}`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.website}/crawls`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.website}/crawls?crawl=crawl_unknown`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.website}/questions`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.website}/access`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/${made.website}/settings`],
  ["/data/:collection/sources/:source/:tab?", `/data/${made.collection}/sources/src_unknown`],
  ["/data/:collection/metadata", `/data/${made.collection}/metadata`],
  ["/data/:collection/evaluation", `/data/${made.collection}/evaluation`],
  ["/data/:collection/evaluation", "/data/coll_handbook/evaluation"],
  ["/data/documents/:document", `/data/documents/${made.document}`],
  ["/account", "/account"],
  ["/organisation", "/organisation"],
  ["/users", "/users"],
  ["/users", "/users?q=nothing-like-it"],
  ["/keys", "/keys"],
  ["/connections", "/connections"],
  ["/feedback/:feedback?", "/feedback"],
  ["/feedback/:feedback?", "/feedback?state=resolved"],
  ["/feedback/:feedback?", "/feedback/fb_unknown"],
  ["/help", "/help"],
  ["/*any", "/nowhere/at-all"],
];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  state = await newcomer(browser, who);
  const context = await browser.newContext({ storageState: JSON.parse(state) });
  const page = await context.newPage();
  await open(page, "/chat");
  made.collection = (await make(page, "/api/v1/collections", { name: "Workshop", description: "How we work." })).id;
  const source = await make(page, `/api/v1/collections/${made.collection}/sources`, { kind: "upload" });
  made.source = source.id;
  made.document = await upload(page, source.id, "knots.md", "# Knots\n\nA bowline holds and opens easily.\n");
  await addFailedWebsite(page);
  // Somebody who can be removed: the last owner cannot.
  const first_password = { kind: "set", password: who.password };
  const colleague = { first_name: "Adam", last_name: "Colleague", email: `adam-${who.email}`, role: "user", first_password };
  await make(page, "/api/v1/users", colleague);
  made.assistant = (await make(page, "/api/v1/assistants", { name: "Workshop help", collections: [made.collection] })).id;
  await page.getByRole("button", { name: question }).click();
  await answered(page.getByRole("article", { name: "Answer" }), 60_000);
  made.conversation = new URL(page.url()).pathname.split("/").pop() ?? "";
  // A second one with sources: what every answer has stands on the page more than once.
  await page.getByLabel("Ask a question").fill("How do I add a website or files?");
  await page.keyboard.press("Enter");
  const second = page.getByRole("article", { name: "Answer" }).nth(1);
  await answered(second, 60_000);
  await expect(page.getByRole("group", { name: "Sources" })).toHaveCount(2);
  await context.close();
});

/** A website that could not be read, so that nothing about it moves any more. */
async function addFailedWebsite(page: Page): Promise<void> {
  const site = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((ready) => site.listen(0, "127.0.0.1", ready));
  const bound = site.address();
  const start_url = typeof bound === "object" && bound ? `http://127.0.0.1:${bound.port}/` : "";
  const sources = `/api/v1/collections/${made.collection}/sources`;
  // By itself it would be tried again after a quarter of an hour.
  const website = { kind: "website", name: "Far away", start_url, schedule: { when: "never" } };
  const { id } = await make(page, sources, website);
  made.website = id;
  const state = async () => {
    const { items }: { items: { id: string; state: string }[] } = await (await page.request.get(sources)).json();
    return items.find((source) => source.id === id)?.state;
  };
  await expect.poll(state, { timeout: 60_000 }).toBe("failed");
  site.close();
}

test("no page is left out", () => {
  const routes = readFileSync(resolve(import.meta.dirname, "../../app/src/routes.rs"), "utf8");
  const known = new Set(pages().map(([route]) => route));
  const written = [...routes.matchAll(/<Route\s+path=path!\("([^"]*)"\)/g)].map(([, route]) => route);
  expect(written.length).toBeGreaterThan(10);
  expect(written.filter((route) => !known.has(route))).toEqual([]);
});

/** Nothing sticks out of the page, and on a touch screen nothing that acts is smaller than a finger. */
async function expectRoom(page: Page, touch: boolean) {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), "wider than the screen").toBeLessThanOrEqual(0);
  if (!touch) return;
  const small = await page.evaluate(() => {
    const acts =
      "button, .button, .input, .select, textarea, .nav-link, .menu-item, .tabs a, .check, .switch, summary, .conversation > a, .sent-files a";
    return [...document.querySelectorAll<HTMLElement>(acts)]
      .filter((it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !it.closest(".visually-hidden, .skip-link"))
      .map((it) => [it.outerHTML.slice(0, 120), Math.round(it.getBoundingClientRect().height)] as const)
      .filter(([, height]) => height > 0 && height < 44);
  });
  expect.soft(small, "smaller than 44 pixels").toEqual([]);
  // A link that stands by itself is not as large as a button.
  const tiny = await page.evaluate(() => {
    const links = ".back-link, .source-name, .hit-title, .primary-cell a, .crawl a, .expected a, .function-origins a, .side-card > a";
    return [...document.querySelectorAll<HTMLElement>(links)]
      .filter((it) => it.checkVisibility())
      .map((it) => ({ is: it.outerHTML.slice(0, 120), size: it.getBoundingClientRect() }))
      .filter(({ size }) => size.width < 24 || size.height < 24)
      .map(({ is, size }) => [is, size.width, size.height] as const);
  });
  expect.soft(tiny, "smaller than 24 pixels").toEqual([]);
}

type Scheme = "light" | "dark";

/**
 * The page as it is now: everything in the light, and the colours in the dark, where nothing else can differ; if it is said whether
 * this is a phone, the room, too. It stays open: opening it takes longer than judging it.
 */
async function judge(page: Page, phone?: boolean, schemes: readonly Scheme[] = ["light", "dark"]): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme === "dark" ? "colours" : "all");
    if (phone !== undefined) await expectRoom(page, phone);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** What one test of a public page judges; two of the page about the API, which is very long. */
const atOnce = (address: string): Scheme[][] => (address === "/api/docs" ? [["light"], ["dark"]] : [["light", "dark"]]);

const screens = [
  { name: "a desk", phone: false, use: { viewport: { width: 1440, height: 900 } } },
  { name: "a phone", phone: true, use: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } },
] as const;

for (const screen of screens) {
  test.describe(`on ${screen.name}`, () => {
    test.use(screen.use);

    for (const address of publicPages) {
      for (const schemes of atOnce(address)) {
        test(`${address.replace(/^http:\/\/[^/]+/, "invited only: ")}, ${schemes.join(" and ")}`, async ({ page }) => {
          await page.emulateMedia({ colorScheme: schemes[0] });
          await page.goto(address);
          await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
          await judge(page, screen.phone, schemes);
        });
      }
    }

    test("the pages for people who are signed in", async ({ browser, complaints }) => {
      test.setTimeout(360_000);
      const context = await browser.newContext({ ...screen.use, locale: "en-GB", storageState: JSON.parse(state) });
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(String(error)));
      for (const [, address] of pages()) {
        await test.step(address, async () => {
          await open(page, address);
          await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
          await judge(page, screen.phone);
        });
      }
      await context.close();
    });

    test("a page that is opened in the dark", async ({ browser, complaints }) => {
      const context = await browser.newContext({ ...screen.use, colorScheme: "dark", locale: "en-GB", storageState: JSON.parse(state) });
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(String(error)));
      await open(page, `/chat/${made.conversation}`);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await expectAccessible(page, "colours");
      await expectRoom(page, screen.phone);
      await context.close();
    });

    test("the dialogs and menus", async ({ browser, complaints }) => {
      test.setTimeout(360_000);
      const context = await browser.newContext({ ...screen.use, locale: "en-GB", storageState: JSON.parse(state) });
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(String(error)));
      const look = async (what: Locator) => {
        await expect(what).toBeVisible();
        await judge(page, screen.phone);
        await page.keyboard.press("Escape");
        await expect(what).toBeHidden();
      };
      const dialog = page.getByRole("dialog");
      const button = (name: string | RegExp) => page.getByRole("button", { name }).first();
      const item = (name: string) => page.getByRole("menuitem", { name });

      await open(page, "/users");
      await button("Add a person").click();
      await dialog.getByRole("switch").uncheck();
      await judge(page, screen.phone);
      await page.keyboard.press("Escape");
      // A switch that was touched counts as typed.
      await expect(page.getByRole("dialog", { name: /without saving/ })).toBeVisible();
      await judge(page);
      await answerLeaving(page, "Discard");
      await expect(dialog).toBeHidden();
      await button(/^Actions for/).click();
      await look(page.getByRole("menu", { name: /^Actions for/ }));
      for (const name of ["Edit", "Remove"]) {
        await button("Actions for Adam Colleague").click();
        await item(name).click();
        await look(dialog);
      }

      await open(page, "/keys");
      await button("Create a key").click();
      await look(dialog);

      await open(page, "/connections");
      await button("Add a connection").click();
      await look(dialog);

      await open(page, "/data");
      await button("New collection").click();
      await look(dialog);
      for (const name of ["Edit", "Delete"]) {
        await button(/^Actions for/).click();
        await item(name).click();
        await look(dialog);
      }

      await open(page, `/data/${made.collection}`);
      await button("Add data source").click();
      await look(dialog);
      await dialog.waitFor({ state: "hidden" });
      await button("Actions for Uploaded files").click();
      await item("Delete").click();
      await look(dialog);

      const source = `/data/${made.collection}/sources/${made.website}`;
      await open(page, source);
      await page.locator(".page-actions").getByRole("button", { name: "Actions" }).click();
      await item("Delete").click();
      await look(dialog);
      await open(page, `${source}/settings`);
      await page.getByText("More settings").click();
      await page.getByLabel("Name", { exact: true }).fill("Further away");
      await expect(page.getByText("There are unsaved changes.")).toBeVisible();
      await judge(page, screen.phone);
      await page.getByRole("button", { name: "Discard changes" }).click();
      await open(page, `${source}/crawls`);
      await expect(page.locator(".crawl")).toHaveCount(1);

      await open(page, `/assistants/${made.assistant}`);
      await button("Actions").click();
      await item("Delete").click();
      await look(dialog);

      await open(page, `/chat/${made.conversation}`);
      await button("Choose the assistant").click();
      await expect(page.getByRole("searchbox", { name: "Search assistants" })).toBeVisible();
      await look(page.locator(".assistant-choice"));
      await page.locator(".answer a.cite").first().click();
      await look(page.getByRole("complementary", { name: "Sources" }));
      if (screen.phone) {
        await button("Open navigation").click();
        await expect(page.getByRole("navigation", { name: "Main navigation" })).toBeVisible();
        await judge(page);
      }
      await button(/Nora Newcomer/).click();
      await expect(page.getByRole("menuitemradio", { name: "Dark" })).toBeVisible();
      await look(page.getByRole("menu", { name: "Account menu" }));
      await context.close();
    });
  });
}

test("every page is reached with the keyboard", async ({ browser }) => {
  const context = await browser.newContext({ locale: "en-GB", storageState: JSON.parse(state) });
  const page = await context.newPage();
  // A page that follows another one has the focus, or the input of the chat has.
  const expectArrival = async (at: string) => {
    await expect(page).toHaveURL(new RegExp(`${at}$`));
    await expect(at.startsWith("/chat") ? page.getByLabel("Ask a question") : page.locator("main")).toBeFocused();
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  };
  await open(page, "/chat");
  const navigation = page.getByRole("navigation", { name: "Main navigation" });
  const places = await navigation.getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  expect(places).toEqual(["/chat", "/assistants", "/data", "/connections", "/feedback", "/account", "/organisation", "/users", "/keys", "/help"]);
  // The chat is open already. From a page that has arrived, the navigation is behind.
  await tabTo(page, navigation.locator(`a[href="${places[0]}"]`));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/chat$/);
  for (const [at, place] of places.slice(1).entries()) {
    await tabTo(page, navigation.locator(`a[href="${place}"]`), at ? "Shift+Tab" : "Tab");
    await page.keyboard.press("Enter");
    await expectArrival(place);
  }
  // From the lists to what is in them.
  for (const [list, href] of [
    ["/assistants", "/assistants/new"],
    ["/assistants", `/assistants/${made.assistant}`],
    ["/data", `/data/${made.collection}`],
    [`/data/${made.collection}`, `/data/${made.collection}/sources/${made.source}`],
    [`/data/${made.collection}`, `/data/documents/${made.document}`],
    [`/data/${made.collection}`, `/data/${made.collection}/search`],
    ["/chat", `/chat/${made.conversation}`],
  ]) {
    await open(page, list);
    await tabTo(page, page.locator(`main a[href="${href}"]`).first());
    await page.keyboard.press("Enter");
    await expectArrival(href);
    await expect(page.locator("main").getByRole("link").or(page.locator("main").getByRole("button")).first()).toBeVisible();
    await page.keyboard.press("Tab");
    await expect(page.locator("main :focus")).toHaveCount(1);
  }
  // On a phone the list is a page of its own.
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, "/chat");
  await page.getByRole("link", { name: "Conversations" }).click();
  await expect(page.locator(".composer")).toBeHidden();
  await page.locator(`main a[href="/chat/${made.conversation}"]`).click();
  await expect(page.getByRole("article", { name: "Answer" }).first()).toBeVisible();
  await page.setViewportSize({ width: 1280, height: 800 });
  // The skip link leads past the navigation.
  await open(page, "/users");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  // A menu is left with the Tab key: it closes, and the next one after its button has the focus.
  const account = page.getByRole("menu", { name: "Account menu" });
  for (const [key, next] of [["Tab", "main"], ["Shift+Tab", ".side nav"]] as const) {
    await page.locator(".me-button").focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "Profile" })).toBeFocused();
    await page.keyboard.press("End");
    await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeFocused();
    await page.keyboard.press(key);
    await expect(account).toBeHidden();
    await expect(page.locator(`${next} :focus`)).toHaveCount(1);
  }
  await context.close();
});
