// What who looks after an assistant reads of its visitors: who they are, where they chat, and where they want to be answered.
import type { Locator, Page } from "@playwright/test";
import { uploadAndRead } from "../support/documents";
import { Foreign, visitor } from "../support/foreign";
import { signedIdentity } from "../support/identity";
import { answered, expect, expectAccessible, test } from "../support/page";
import { make, open, register } from "../support/people";
import { answer, ask, changeInterfaces, field, launcher, type Place } from "../support/widget";

const password = "a hammock between trees 1";
const unknown = "Which enzyme repairs double strand breaks in mitochondrial DNA?";
const foreign = new Foreign();
test.beforeAll(() => foreign.start());
test.afterAll(() => foreign.stop());

/** An assistant that answers from one document alone, asks for an address where that says nothing, and is open everywhere. */
async function begin(owner: Page, who: string): Promise<{ assistant: string; secret: string }> {
  await register(owner, { email: `${who}-${process.pid}@example.org`, password });
  const collection = (await make(owner, "/api/v1/collections", { name: "Workshop" })).id;
  const source = (await make(owner, `/api/v1/collections/${collection}/sources`, { kind: "upload" })).id;
  await uploadAndRead(owner, source, "knots.md", "# Knots\n\nA bowline holds and opens easily.\n");
  const assistant = (await make(owner, "/api/v1/assistants", { name: "Shop help", collections: [collection] })).id;
  const [allow_feedback, sign_in] = [true, { signed_identity: true }];
  const interfaces = { public_chat: true, widget: true, origins: [foreign.origin], allow_feedback, when_unknown: "ask_for_email", sign_in };
  await changeInterfaces(owner, assistant, interfaces);
  const secret = String((await changeInterfaces(owner, assistant, {}, "post", "/identity-secret")).secret);
  return { assistant, secret };
}

const address = (place: Place): Locator =>
  place.getByRole("textbox", { name: "Leave your e-mail address, and a person will answer you." });

/** Leaves an address below the last answer. */
async function leave(chat: Page, email: string): Promise<void> {
  await address(chat).fill(email);
  await answer(chat).last().getByRole("button", { name: "Send", exact: true }).click();
  await expect(answer(chat).last().getByRole("status")).toHaveText("Thank you. You will hear from us.");
}

test("an address that somebody with a name left stands in the list, and above the conversation", async ({ page, browser }) => {
  const { assistant, secret } = await begin(page, "visitors-address");
  const hammock = new URL(page.url()).origin;
  const identity = signedIdentity(secret, assistant, { sub: "7", name: "Petra Malá", email: "petra@work.example" });
  const element = `<hammock-chat assistant="${assistant}" identity="${identity}"></hammock-chat>`;
  foreign.pages = { "/": { body: `<script async src="${hammock}/embed.js"></script>${element}` } };
  const context = await visitor(browser);
  const chat = await context.newPage();
  await chat.goto(foreign.origin);
  await launcher(chat).click();
  // What the sources say needs nobody.
  await ask(chat, "Which knot holds and opens easily?");
  await expect(answer(chat)).toContainText("bowline");
  // A quotation in an answer stands there whole, unlike those below it.
  await expect(answer(chat).locator(".blocks blockquote")).toHaveCSS("max-height", "none");
  await answered(answer(chat));
  await expect(address(chat)).toHaveCount(0);
  await chat.getByRole("button", { name: "New chat" }).click();
  await ask(chat, unknown);
  await expect(answer(chat)).toContainText("I do not find this in the sources.");
  await leave(chat, "petra@home.example");
  // When she comes back, the page says again where she works.
  await chat.reload();
  await launcher(chat).click();
  await expect(chat.getByRole("status").filter({ hasText: "Signed in as Petra Malá" })).toBeVisible();
  await context.close();

  await open(page, `/assistants/${assistant}/visitors`);
  const rows = page.getByRole("row").filter({ hasText: "Petra Malá" });
  await expect(rows).toHaveCount(2);
  const row = rows.filter({ hasText: unknown.slice(0, 20) });
  await expect(row).toContainText("Answer wanted petra@home.example");
  await expect(row).toContainText("petra@work.example");
  await expect(page.getByText("Answer wanted")).toHaveCount(1);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, "colours");
  await page.emulateMedia({ colorScheme: "light" });
  await row.getByRole("link").click();
  await expect(page.locator(".feedback-question")).toHaveText(unknown);
  const facts = page.locator(".feedback-facts");
  for (const fact of ["Petra Malá", "petra@work.example", "petra@home.example", foreign.origin, "Website widget"]) {
    await expect(facts).toContainText(fact);
  }
  await expectAccessible(page);
  // As the server says it, too.
  await page.reload();
  await expect(facts).toContainText("petra@home.example");
});

test("a thumb and a comment leave alone the address that is being typed, and what did not arrive is not shown", async ({ page, browser }) => {
  const { assistant } = await begin(page, "visitors-typing");
  const context = await visitor(browser);
  const chat = await context.newPage();
  await chat.goto(`${new URL(page.url()).origin}/public/${assistant}`);
  await ask(chat, unknown);
  await address(chat).fill("jan@ho");
  const bad = answer(chat).getByRole("button", { name: "Bad answer" });
  await bad.click();
  await expect(bad).toHaveAttribute("aria-pressed", "true");
  await expect(bad).toBeFocused();
  await expect(address(chat)).toHaveValue("jan@ho");
  const comment = chat.getByRole("textbox", { name: "What is wrong with the answer?" });
  await comment.fill("You have it");
  await answer(chat).locator(".field").filter({ has: comment }).getByRole("button", { name: "Send", exact: true }).click();
  await expect(answer(chat).getByRole("status")).toHaveText("Thank you.");
  await expect(address(chat)).toHaveValue("jan@ho");

  await chat.route(/\/rating$/, (route) => route.abort(), { times: 1 });
  const good = answer(chat).getByRole("button", { name: "Good answer" });
  await good.click();
  await expect(chat.getByRole("alert")).toHaveText("There is no connection.");
  await expect(good).toHaveAttribute("aria-pressed", "false");
  await expect(bad).toHaveAttribute("aria-pressed", "true");
  await expect(address(chat)).toHaveValue("jan@ho");
  await expectAccessible(chat);
  await context.close();
});

test("whoever gave nothing but an address is called by it, once", async ({ page, browser }) => {
  const { assistant } = await begin(page, "visitors-anonymous");
  const context = await visitor(browser, { viewport: { width: 390, height: 780 } });
  const chat = await context.newPage();
  await chat.goto(`${new URL(page.url()).origin}/public/${assistant}`);
  await expect(field(chat)).toBeVisible();
  await ask(chat, unknown);
  await address(chat).fill("nobody");
  await answer(chat).getByRole("button", { name: "Send", exact: true }).click();
  await expect(chat.getByRole("alert")).toHaveText("This is not an e-mail address.");
  await leave(chat, "jan@home.example");
  await context.close();

  await open(page, `/assistants/${assistant}/visitors`);
  const row = page.getByRole("row").filter({ hasText: "jan@home.example" });
  await expect(row).toContainText("Public chat");
  await expect(row.getByText("Answer wanted")).toBeVisible();
  await expect(row.getByText("jan@home.example")).toHaveCount(1);
  await row.getByRole("link").click();
  await expect(page.locator(".feedback-facts")).toContainText("jan@home.example");
});

test("a long conversation is read in parts that lead back and forth", async ({ page, browser }) => {
  const { assistant } = await begin(page, "visitors-long");
  const origin = new URL(page.url()).origin;
  const path = `${origin}/api/v1/public`;
  const context = await browser.newContext();
  const entry = await context.request.post(`${path}/assistants/${assistant}/visitors`, { headers: { origin }, data: {} });
  const { token }: { token: string } = await entry.json();
  const headers = { origin, authorization: `Bearer ${token}` };
  const questions = 26;
  let conversation: string | undefined;
  for (let number = 1; number <= questions; number++) {
    const answer = await context.request.post(`${path}/chat`, { headers, data: { text: `Question ${number}.`, conversation } });
    const events = await answer.text();
    expect(answer.ok(), events).toBe(true);
    conversation ??= /"conversation":"([^"]+)"/.exec(events)?.[1];
  }
  await context.close();

  await open(page, `/assistants/${assistant}/visitors`);
  await page.getByRole("row").filter({ hasText: "Question 1." }).getByRole("link").click();
  const asked = page.locator(".feedback-question");
  const [earlier, later] = ["Earlier messages", "Later messages"].map((name) => page.getByRole("link", { name }));
  await expect(asked).toHaveCount(questions - 1);
  await expect(asked.first()).toHaveText("Question 2.");
  await expect(later).toHaveCount(0);
  await expectAccessible(page);
  await earlier.focus();
  await page.keyboard.press("Enter");
  await expect(asked).toHaveText(["Question 1."]);
  await expect(page).toHaveURL(/[?&]before=msg_/);
  await expect(earlier).toHaveCount(0);
  await expect(page.getByRole("main")).toBeFocused();
  await expectAccessible(page);
  // As the server says it, too.
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(asked).toHaveText(["Question 1."]);
  await later.focus();
  await page.keyboard.press("Enter");
  await expect(asked).toHaveCount(questions - 1);
  await expect(asked.last()).toHaveText(`Question ${questions}.`);
  await expect(later).toHaveCount(0);
  // On the way back to the list nothing more is read, which would be noted.
  const reads: string[] = [];
  page.on("request", (request) => request.url().includes("read_visitor_conversation") && reads.push(request.url()));
  await page.getByRole("link", { name: "Visitors" }).first().click();
  await expect(page.getByRole("row").filter({ hasText: "Question 1." })).toBeVisible();
  expect(reads).toEqual([]);
});

test("somebody with an identity chats in two places: each conversation stays in its own, and feedback names them", async ({ page, browser }) => {
  const { assistant, secret } = await begin(page, "visitors-places");
  const hammock = new URL(page.url()).origin;
  const path = `${hammock}/api/v1/public`;
  const context = await browser.newContext();
  const identity = signedIdentity(secret, assistant, { sub: "8", name: "Jana Nová" });
  for (const origin of [foreign.origin, hammock]) {
    const entry = await context.request.post(`${path}/assistants/${assistant}/visitors`, { headers: { origin }, data: { identity } });
    const { token }: { token: string } = await entry.json();
    const data = { text: origin === hammock ? "In the public chat?" : "In the widget?" };
    const headers = { origin, authorization: `Bearer ${token}` };
    const asked = await context.request.post(`${path}/chat`, { headers, data });
    const events = await asked.text();
    expect(asked.ok(), events).toBe(true);
    const message = /"answer":"([^"]+)"/.exec(events)?.[1];
    const said = await context.request.put(`${path}/messages/${message}/feedback`, { headers, data: { comment: "Too short" } });
    expect(said.ok(), await said.text()).toBe(true);
  }
  await context.close();

  await open(page, `/assistants/${assistant}/visitors`);
  const row = (title: string) => page.getByRole("row").filter({ hasText: "Jana Nová" }).filter({ hasText: title });
  await expect(row("In the widget?")).toContainText(foreign.origin);
  await expect(row("In the widget?")).toContainText("Website widget");
  await expect(row("In the public chat?")).toContainText(hammock);
  await expect(row("In the public chat?")).toContainText("Public chat");
  await open(page, "/feedback");
  await expect(row("In the widget?")).toContainText("Too short");
  await row("In the public chat?").getByRole("link").click();
  await expect(page.locator(".feedback-facts")).toContainText("Jana Nová");
});

test("what is said in a frame stands apart from the public chat and the widget, with the website around it", async ({ page, browser }) => {
  const { assistant } = await begin(page, "visitors-frames");
  const hammock = new URL(page.url()).origin;
  const address = `${hammock}/public/${assistant}?frame=1`;
  const plain = `<iframe src="${address}" title="Chat" width="600" height="600"></iframe>`;
  const element = `<hammock-chat assistant="${assistant}" data-mode="iframe"></hammock-chat>`;
  // Such a page tells nobody where it is, unless its frame says otherwise; with our script on it, it is known all the same.
  const silent = '<meta name="referrer" content="no-referrer">';
  foreign.pages = {
    "/plain": { body: plain },
    "/silent": { body: plain, head: silent },
    "/named": { body: plain.replace("<iframe", '<iframe referrerpolicy="strict-origin"'), head: silent },
    "/script": { body: `<script async src="${hammock}/embed.js"></script>${element}`, head: silent },
  };
  /** Asks as somebody who has just come to a page. */
  const asks = async (at: string, text: string) => {
    const context = await visitor(browser);
    const chat = await context.newPage();
    await chat.goto(at);
    if (at.endsWith("/script")) await launcher(chat).click();
    const place = at === address ? chat : chat.frameLocator("iframe");
    await ask(place, text);
    await answered(answer(place));
    if (at.endsWith("/plain")) {
      await chat.reload();
      await expect(answer(place)).toBeVisible();
      await place.getByRole("button", { name: "New chat" }).click();
      await ask(place, "And after a reload?");
      await answered(answer(place));
    }
    await context.close();
  };
  await asks(`${foreign.origin}/plain`, "In a plain frame?");
  await asks(`${foreign.origin}/script`, "In a frame of the script?");
  await asks(`${foreign.origin}/silent`, "In a frame of whom?");
  await asks(`${foreign.origin}/named`, "In a frame with a name?");
  // The same address outside of any frame.
  await asks(address, "By its address?");

  await open(page, `/assistants/${assistant}/visitors`);
  const row = (title: string) => page.getByRole("row").filter({ hasText: title });
  for (const [title, channel, origin] of [
    ["In a plain frame?", "Frame on a website", foreign.origin],
    ["And after a reload?", "Frame on a website", foreign.origin],
    ["In a frame of the script?", "Frame on a website", foreign.origin],
    ["In a frame of whom?", "Frame on a website", "Not known"],
    ["In a frame with a name?", "Frame on a website", foreign.origin],
    ["By its address?", "Public chat", hammock],
  ] as const) {
    await expect(row(title)).toContainText(channel);
    await expect(row(title)).toContainText(origin);
  }
  await expectAccessible(page);
  await row("In a plain frame?").getByRole("link").click();
  for (const fact of ["Frame on a website", foreign.origin]) await expect(page.locator(".feedback-facts")).toContainText(fact);
});
