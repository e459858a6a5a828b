// Hostile texts in whatever has a name: people, conversations, documents, files, visitors and their sources. All of them, many on each
// page.
import type { Page } from "@playwright/test";
import { formOf, type Sent } from "../support/forms";
import { Foreign, visitor } from "../support/foreign";
import { bundles, fileNames, html, lines, markdown, names, plain, Watch } from "../support/hostile";
import { answered, expect, test } from "../support/page";
import { signedIdentity } from "../support/identity";
import { make, open, register } from "../support/people";
import { Provider, says } from "../support/provider";
import { answer, ask, changeInterfaces, field, launcher } from "../support/widget";

const password = "hammocks are fine 1";
const all = [...markdown, ...html];
/** Names of files are cut off at 200 characters; each has a number and an ending. */
const files = fileNames(all, 190);
/** What has nulls, or other controls, is no text to who reads files: those are names alone. */
const contents = bundles(all.filter(({ payload }) => !/[\0-\x08\x0e-\x1f]/.test(payload)), 400);
const provider = new Provider();
const foreign = new Foreign();

test.beforeAll(async () => {
  await provider.start();
  await foreign.start();
});

test.afterAll(() => {
  provider.stop();
  foreign.stop();
});

async function begin(page: Page, who: string): Promise<{ watch: Watch; headers: { origin: string } }> {
  const watch = await Watch.over(page.context(), [new URL(test.info().project.use.baseURL ?? "").origin]);
  await register(page, { email: `${who}-${process.pid}@example.org`, password });
  return { watch, headers: { origin: new URL(page.url()).origin } };
}

/** Does something for each of many, so many at a time. */
async function inTurns<T>(many: T[], atOnce: number, does: (one: T, at: number) => Promise<unknown>): Promise<void> {
  const left = many.entries();
  const turns = Array.from({ length: atOnce }, async () => {
    for (const [at, one] of left) await does(one, at);
  });
  await Promise.all(turns);
}

/** Opens a list page by page; the text of all its rows. */
async function readList(page: Page, first: string, watch: Watch): Promise<string> {
  let shown = "";
  let path: string | null = first;
  while (path) {
    await open(page, path);
    await watch.expectNothing(page, path);
    shown += ` ${plain((await page.locator("tbody").allTextContents()).join(" "))}`;
    const next = page.getByRole("navigation", { name: "Pages of the list" }).getByRole("link", { name: "Next page" });
    path = (await next.count()) > 0 ? await next.getAttribute("href") : null;
  }
  return shown;
}

/** Uploads files of text into a new collection, and waits until they are found. Gives their titles by their ids. */
async function collect(page: Page, sent: Sent[]): Promise<{ collection: string; titles: Map<string, string> }> {
  const collection = (await make(page, "/api/v1/collections", { name: names[0] })).id;
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload", name: names[1] })).id;
  const origin = new URL(page.url()).origin;
  for (let first = 0; first < sent.length; first += 100) {
    const { type, data } = formOf(sent.slice(first, first + 100));
    const uploaded = await page.request.post(`/api/v1/sources/${source}/documents`, { headers: { origin, "content-type": type }, data });
    expect(uploaded.ok(), await uploaded.text()).toBe(true);
  }
  const titles = new Map<string, string>();
  const unread = async () => {
    let count = 0;
    let token = "";
    do {
      const path = `/api/v1/documents?collection=${collection}&limit=200${token && `&page_token=${encodeURIComponent(token)}`}`;
      const list = await (await page.request.get(path)).json();
      for (const { id, title, state } of list.items) {
        titles.set(id, title);
        if (!/ready|embedding/.test(state)) count += 1;
      }
      token = list.next_page_token ?? "";
    } while (token);
    return count;
  };
  await expect.poll(unread, { timeout: 90_000, intervals: [50, 100, 250] }).toBe(0);
  expect(titles.size).toBe(sent.length);
  return { collection, titles };
}

test("people are called anything, in the list of people and in their own menu", async ({ page }) => {
  test.setTimeout(150_000);
  const { watch, headers } = await begin(page, "hostile-people");
  const parts = lines(all, 80);
  const people = parts.flatMap((first_name, at) => (at % 2 === 0 ? [{ first_name, last_name: parts[at + 1] ?? first_name }] : []));
  await inTurns(people, 4, (name, at) => {
    const email = `hostile-${at}-${process.pid}@example.org`;
    return make(page, "/api/v1/users", { ...name, email, role: "user", first_password: { kind: "invite" } });
  });
  const shown = await readList(page, "/users", watch);
  for (const { first_name, last_name } of people) expect(shown).toContain(plain(`${first_name} ${last_name}`));

  // Their own name, on every page.
  for (const [at, name] of people.entries()) {
    const saved = await page.request.patch("/api/v1/me", { headers, data: name });
    expect(saved.ok(), await saved.text()).toBe(true);
    const called = plain(`${name.first_name} ${name.last_name}`);
    expect(plain(await watch.expectNothingSent(page, "/account", ".me-button .who b"))).toBe(called);
    if (at % 30 !== 0) continue;
    await open(page, "/account");
    await page.locator(".me-button").click();
    await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
    expect(plain(await page.locator(".me-button .who b").textContent())).toBe(called);
    await watch.expectNothing(page, called);
  }
});

test("visitors are called anything, where they chat and where who looks after the assistant reads of them", async ({ page, browser }) => {
  test.setTimeout(150_000);
  const { watch: inside } = await begin(page, "hostile-visitors");
  const hammock = new URL(page.url()).origin;
  const assistant = (await make(page, "/api/v1/assistants", { name: names[0], collections: [] })).id;
  const limits = { messages_in_ten_minutes: 300, visitors_of_a_network: 10_000, visitors_in_all: 100_000 };
  const usual = { public_chat: true, widget: true, origins: [foreign.origin], allow_feedback: true };
  await changeInterfaces(page, assistant, { ...usual, sign_in: { signed_identity: true }, limits });
  const secret = String((await changeInterfaces(page, assistant, {}, "post", "/identity-secret")).secret);
  const called = lines(all, 200);
  // As much as an address may hold.
  const emails = ["'onmouseover='__ran=1@example.org", "{{__ran=1}}@example.org", "`${__ran=1}`@example.org"];
  const identities = called.map((name, at) => signedIdentity(secret, assistant, { sub: `${at}`, name, email: emails[at % emails.length] }));
  const outside = await browser.newContext();
  const path = `${hammock}/api/v1/public`;
  await inTurns(identities, 4, async (identity, at) => {
    const origin = foreign.origin;
    const entry = await outside.request.post(`${path}/assistants/${assistant}/visitors`, { headers: { origin }, data: { identity } });
    const headers = { origin, authorization: `Bearer ${(await entry.json()).token}` };
    const asked = await outside.request.post(`${path}/chat`, { headers, data: { text: "Hello?" } });
    const events = await asked.text();
    expect(asked.ok(), events).toBe(true);
    // All of them would be more than one network may say.
    if (at % 2 !== 0) return;
    const message = /"answer":"([^"]+)"/.exec(events)?.[1];
    const said = await outside.request.put(`${path}/messages/${message}/feedback`, { headers, data: { comment: "Too short" } });
    expect(said.ok(), await said.text()).toBe(true);
  });
  await outside.close();

  const listed = await readList(page, `/assistants/${assistant}/visitors`, inside);
  for (const text of [...called, ...emails]) expect(listed).toContain(plain(text));
  const feedback = await readList(page, "/feedback", inside);
  for (const [at, name] of called.entries()) if (at % 2 === 0) expect(feedback).toContain(plain(name));
  type Held = { conversation: string; visitor: { name: string } };
  const held = (await (await page.request.get(`/api/v1/assistants/${assistant}/visitor-conversations?limit=200`)).json()).items as Held[];
  const given = (await (await page.request.get("/api/v1/feedback?limit=200")).json()).items as { id: string; person: string }[];
  const heads = [
    ...held.map(({ conversation, visitor }) => ({ at: `/assistants/${assistant}/visitors?conversation=${conversation}`, name: visitor.name })),
    ...given.map(({ id, person }) => ({ at: `/feedback/${id}`, name: person })),
  ];
  for (const [at, head] of heads.entries()) {
    if (at % 20 !== 0) continue;
    await open(page, head.at);
    await expect(page.locator(".feedback-facts")).toBeVisible();
    expect(plain(await page.locator(".feedback-facts").textContent())).toContain(plain(head.name));
    await inside.expectNothing(page, head.at);
  }

  foreign.pages = { "/": { body: `<script async src="${hammock}/embed.js"></script><hammock-chat assistant="${assistant}"></hammock-chat>` } };
  const context = await visitor(browser);
  const watch = await Watch.over(context, [hammock, foreign.origin]);
  const chat = await context.newPage();
  await chat.goto(foreign.origin);
  await launcher(chat).click();
  await expect(field(chat)).toBeVisible();
  for (const [at, identity] of identities.entries()) {
    await chat.evaluate(
      (token) => (document.querySelector("hammock-chat") as HTMLElement & { identify(token: string): void }).identify(token),
      identity,
    );
    const shown = async () => plain((await chat.locator(".who b").allTextContents()).join(" "));
    await expect.poll(shown, { intervals: [20] }).toBe(plain(called[at]));
    if (at % 10 === 0) await watch.expectNothing(chat, `signed in as ${called[at]}`);
  }
  await expect(chat.getByRole("status").filter({ hasText: "Signed in as" })).toBeVisible();
  await watch.expectNothing(chat, "signed in");
  await context.close();
});

test("conversations are called anything, in their list and above their messages", async ({ page }) => {
  test.setTimeout(90_000);
  const { watch, headers } = await begin(page, "hostile-titles");
  const assistant = (await make(page, "/api/v1/assistants", { name: names[0], collections: [] })).id;
  const conversations: string[] = [];
  await inTurns(Array.from({ length: 20 }), 4, async () => {
    const asked = await page.request.post("/api/v1/chat", { headers, data: { text: "Hello?", assistant } });
    conversations.push(/"conversation":"(conv_[0-9a-f]+)"/.exec(await asked.text())?.[1] ?? "");
  });
  const titles = lines(all, 200);
  for (let first = 0; first < titles.length; first += conversations.length) {
    const round = titles.slice(first, first + conversations.length);
    await inTurns(round, 4, async (title, at) => {
      const renamed = await page.request.patch(`/api/v1/conversations/${conversations[at]}`, { headers, data: { title } });
      expect(renamed.ok(), await renamed.text()).toBe(true);
    });
    await open(page, `/chat/${conversations[0]}`);
    await expect(page.locator(".conversation")).toHaveCount(conversations.length);
    const listed = (await page.locator(".conversation b").allTextContents()).map(plain);
    expect(listed).toEqual(expect.arrayContaining(round.map(plain)));
    expect(plain(await page.locator("h1[dir=auto]").textContent())).toBe(plain(round[0]));
    await watch.expectNothing(page, `the titles from ${first}`);
  }
});

test("files are called anything, as chips before and after they are sent", async ({ page }) => {
  test.setTimeout(150_000);
  const { watch, headers } = await begin(page, "hostile-chips");
  const assistant = (await make(page, "/api/v1/assistants", { name: names[0], collections: [] })).id;
  const sent = files.map((name, at) => `${name} ${at}.txt`);
  const ids: string[] = [];
  await inTurns(sent, 4, async (name, at) => {
    const { type, data } = formOf([{ name, content: `The crimson tide number ${at} turns at nine.` }]);
    const made = await page.request.post("/api/v1/attachments", { headers: { ...headers, "content-type": type }, data });
    expect(made.ok(), await made.text()).toBe(true);
    ids[at] = (await made.json()).id;
  });
  await inTurns(ids, 4, async (id) => {
    const state = async () => (await (await page.request.get(`/api/v1/attachments/${id}`)).json()).state;
    await expect.poll(state, { timeout: 90_000, intervals: [50, 100, 250] }).toBe("ready");
  });
  let conversation: string | undefined;
  for (let first = 0; first < ids.length; first += 20) {
    const data = { text: "What do these say?", assistant, conversation, attachments: ids.slice(first, first + 20) };
    const asked = await page.request.post("/api/v1/chat", { headers, data });
    const events = await asked.text();
    expect(asked.ok(), events).toBe(true);
    conversation ??= /"conversation":"(conv_[0-9a-f]+)"/.exec(events)?.[1];
  }
  await open(page, `/chat/${conversation}`);
  const chips = page.locator(".sent-files a");
  await expect(chips).toHaveCount(sent.length);
  expect((await chips.allTextContents()).map(plain).sort()).toEqual(sent.map(plain).sort());
  await watch.expectNothing(page, "the files that were sent");

  await open(page, `/chat?assistant=${assistant}`);
  const some = files.filter((_, at) => at % Math.ceil(files.length / 20) === 0);
  const buffer = Buffer.from("The crimson tide turns at nine.");
  await page.getByLabel("Attach files").setInputFiles(some.map((name, at) => ({ name: `${name} ${at}.txt`, mimeType: "text/plain", buffer })));
  await expect(page.locator(".file-chips li")).toHaveCount(some.length);
  await watch.expectNothing(page, "files that are being sent");
  await expect(page.locator(".composer [role=status]").first()).toHaveText(`Files ready: ${some.length} of ${some.length}`, { timeout: 60_000 });
  await watch.expectNothing(page, "files that can be sent");
});

test("documents are called anything, in their collection and as the sources of visitors", async ({ page, browser }) => {
  test.setTimeout(480_000);
  const { watch: inside } = await begin(page, "hostile-sources");
  const hammock = new URL(page.url()).origin;
  // Four of them answer each question.
  const tide = (at: number) => `x${Math.floor(at / 4)}q`;
  const { collection, titles } = await collect(
    page,
    files.map((name, at) => ({
      name: `${name} ${at}.txt`,
      content: `The crimson tide ${tide(at)} turns at nine.\n\n${contents[at % contents.length]}\n`,
    })),
  );
  expect(contents.length).toBeLessThan(files.length);
  const listed = await readList(page, `/data/${collection}`, inside);
  for (const title of titles.values()) expect(listed).toContain(plain(title));
  for (const [at, id] of [...titles.keys()].entries()) {
    if (at % 40 !== 0) continue;
    await open(page, `/data/documents/${id}`);
    await expect(page.locator(".chunk-text").first()).toBeVisible();
    await inside.expectNothing(page, `the document ${id}`);
  }

  const connection = (await make(page, "/api/v1/connections", { name: names[0], kind: "compatible", base_url: provider.base })).id;
  const speaker = { name: names[1], connection, model: "model-a", collections: [collection], strictness: "broad" };
  const assistant = (await make(page, "/api/v1/assistants", speaker)).id;
  const limits = { messages_in_ten_minutes: 300 };
  await changeInterfaces(page, assistant, { public_chat: true, widget: true, origins: [foreign.origin], limits });
  provider.reset();
  provider.replies = [says("It turns at nine [1][2][3][4][5][6][7][8].")];
  foreign.pages = { "/": { body: `<script async src="${hammock}/embed.js"></script><hammock-chat assistant="${assistant}"></hammock-chat>` } };
  const seen = new Set<string>();
  // Two visitors at the same time: each question finds its own documents, and the answer is always the same.
  const visit = async (address: string, at: number) => {
    const context = await visitor(browser);
    const watch = await Watch.over(context, [hammock, foreign.origin]);
    const chat = await context.newPage();
    await chat.goto(address);
    if (at === 0) await launcher(chat).click();
    await expect(field(chat)).toBeVisible();
    let asked = 0;
    for (let first = 4 * at; first < files.length; first += 8) {
      asked += 1;
      await ask(chat, `When does the crimson tide ${tide(first)} turn?`);
      await expect(answer(chat)).toHaveCount(asked);
      await answered(answer(chat).last());
      await expect(answer(chat).last().locator(".sources details")).not.toHaveCount(0);
    }
    await watch.expectNothing(chat, `${address}: the sources`);
    for (const title of await chat.locator(".sources summary span").allTextContents()) seen.add(plain(title));
    // Opened, too.
    await chat.locator(".sources details").evaluateAll((all) => { for (const one of all) one.setAttribute("open", ""); });
    await watch.expectNothing(chat, `${address}: the open sources`);
    await context.close();
  };
  await Promise.all([foreign.origin, `${hammock}/public/${assistant}`].map(visit));
  // What was asked about was found, and stood there as what it is called.
  const called = [...titles.values()].map(plain);
  expect(called.filter((title) => seen.has(title)).length).toBeGreaterThan(called.length * 0.75);

  // Who looks after the assistant reads them below the answers.
  const path = `/api/v1/assistants/${assistant}/visitor-conversations`;
  const list = (await (await page.request.get(path)).json()).items as { conversation: string }[];
  expect(list.length).toBe(2);
  for (const { conversation } of list) {
    await open(page, `/assistants/${assistant}/visitors?conversation=${conversation}`);
    await expect(page.locator(".feedback-sources").first()).toBeVisible();
    await inside.expectNothing(page, `the conversation ${conversation}`);
  }
});
