// Hostile texts in every place where somebody else's text is shown: nothing of them runs, and nothing is asked of anybody else.
import type { ServerResponse } from "node:http";
import type { Page } from "@playwright/test";
import { uploadAndRead } from "../support/documents";
import { Foreign, visitor } from "../support/foreign";
import { bundles, html, markdown, names, Watch } from "../support/hostile";
import { answered, expect, test } from "../support/page";
import { ask, make, open, register } from "../support/people";
import { begins, finish, Provider, say, says } from "../support/provider";
import { Site } from "../support/site";

const password = "hammocks are fine 1";
const [image, drawing, attribute, picture, template] = names;
/** How many questions a conversation shows when it opens. */
const atFirst = 20;
/** Each Markdown text alone; of the HTML, which is text everywhere, several at a time. */
const texts = [...markdown.map(({ payload }) => payload), ...bundles(html, 3_000)];

const provider = new Provider();
const site = new Site();
const foreign = new Foreign();

test.beforeAll(async () => {
  await provider.start();
  await site.start();
  await foreign.start();
});

test.beforeEach(() => {
  provider.reset();
  provider.replies = [echo];
});

test.afterAll(() => {
  provider.stop();
  site.stop();
  foreign.stop();
});

/** A question that says which text its answer is. Nobody can type what a model can say: signs without a look. */
const question = (number: number) => `Case ${number}: ${texts[number].replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, " ")}`;

/** The number that the last question names after this word. */
function named(word: string): number {
  const asked = [...(provider.prompts.at(-1) ?? "").matchAll(new RegExp(`${word} (\\d+):`, "g"))];
  return Number(asked.at(-1)?.[1] ?? 0);
}

/** Answers with the text that the last question names. */
function echo(response: ServerResponse): void {
  says(texts[named("Case")])(response);
}

/** Asks some of the texts in one conversation, and gives it a title; its id. */
async function converse(page: Page, assistant: string, numbers: number[], title: string): Promise<string> {
  const headers = { origin: new URL(page.url()).origin };
  let conversation: string | undefined;
  for (const number of numbers) {
    const data = { text: question(number), assistant, conversation };
    const answer = await page.request.post("/api/v1/chat", { headers, data });
    const events = await answer.text();
    expect(answer.ok(), `${data.text}: ${events}`).toBe(true);
    conversation ??= /"conversation":"([^"]+)"/.exec(events)?.[1];
  }
  const renamed = await page.request.patch(`/api/v1/conversations/${conversation}`, { headers, data: { title } });
  expect(renamed.ok(), await renamed.text()).toBe(true);
  return conversation ?? "";
}

/** All the texts, in conversations that open whole. */
async function converseAll(page: Page, assistant: string): Promise<{ id: string; count: number }[]> {
  const parts: number[][] = [];
  for (let first = 0; first < texts.length; first += atFirst) {
    parts.push(Array.from({ length: Math.min(atFirst, texts.length - first) }, (_, index) => first + index));
  }
  // A conversation answers one question at a time; several conversations do so beside each other.
  const all = parts.map(async (numbers, at) => ({ id: await converse(page, assistant, numbers, names[at % 5]), count: numbers.length }));
  return Promise.all(all);
}

/** An assistant that speaks these texts, has them as its name, and offers them. */
async function speaker(page: Page, collections: string[] = []): Promise<string> {
  const connection = (await make(page, "/api/v1/connections", { name: image, kind: "compatible", base_url: provider.base })).id;
  const said = { description: drawing, initial_message: `${image} ${attribute}`, suggestions: names.slice(0, 5) };
  const settings = { name: drawing, connection, model: "model-a", collections, strictness: "broad", ...said };
  return (await make(page, "/api/v1/assistants", settings)).id;
}

async function begin(page: Page, who: string): Promise<Watch> {
  const watch = await Watch.over(page.context(), [new URL(test.info().project.use.baseURL ?? "").origin]);
  await register(page, { email: `${who}-${process.pid}@example.org`, password }, { first: image, last: drawing });
  return watch;
}

test("the published attacks are among them", () => {
  test.skip(html.length === 0, "published attacks by HTML are neither in HAMMOCK_SHARED_DATA nor in shared/data beside the checkout");
  expect(html.length).toBe(223);
});

test("questions, answers, titles and names are texts in the chat, by a link and in print", async ({ page, browser }) => {
  test.setTimeout(90_000);
  const watch = await begin(page, "hostile-chat");
  const assistant = await speaker(page);
  const conversations = await converseAll(page, assistant);
  const headers = { origin: new URL(page.url()).origin };

  const context = await browser.newContext({ locale: "en-GB" });
  const outside = await Watch.over(context, [headers.origin]);
  const reader = await context.newPage();
  for (const { id, count } of conversations) {
    await open(page, `/chat/${id}`);
    await expect(page.locator(".messages .question")).toHaveCount(count);
    await expect(page.getByRole("article", { name: "Answer" })).toHaveCount(count);
    await watch.expectNothing(page, `the chat ${id}`);
    // What no source vouches for leads nowhere.
    await expect(page.locator(".answer-text a[href]")).toHaveCount(0);

    const link = await make(page, `/api/v1/conversations/${id}/shares`, { audience: "anyone", with_reasoning: true, with_sources: true });
    await reader.goto((link as { id: string; address: string }).address);
    await expect(reader.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await outside.expectNothing(reader, `the link to ${id}`);
  }
  await context.close();

  // In print, and as a file, which no browser shows as a page.
  await page.emulateMedia({ media: "print" });
  await watch.expectNothing(page, "in print");
  await page.emulateMedia({ media: "screen" });
  for (const format of ["markdown", "json"]) {
    const file = await page.request.get(`/api/v1/conversations/${conversations[0].id}/export?format=${format}`);
    expect(file.headers()["content-disposition"]).toMatch(/^attachment/);
  }

  // An answer that comes in pieces, each cut in the middle of something.
  const going: ServerResponse[] = [];
  provider.replies = [begins("It begins: <img src=x onerr", going)];
  await open(page, `/chat?assistant=${assistant}`);
  await watch.expectNothing(page, "a new chat");
  await ask(page, template);
  const answer = page.getByRole("article", { name: "Answer" });
  await expect(answer).toContainText("It begins");
  for (const piece of markdown.slice(0, 60).flatMap(({ payload }) => ["\n\n", payload.slice(0, 9), payload.slice(9)])) say(going[0], piece);
  finish(going[0], "\n\nThat is all.");
  await expect(answer).toContainText("That is all.");
  await answered(answer);
  await watch.expectNothing(page, "an answer that streams");
  for (const path of ["/account", "/users", "/assistants", `/assistants/${assistant}`, "/connections"]) {
    await open(page, path);
    await watch.expectNothing(page, path);
  }
});

test("documents, their names and their passages are texts where they are read, found and cited", async ({ page }) => {
  test.setTimeout(90_000);
  const watch = await begin(page, "hostile-data");
  const collection = (await make(page, "/api/v1/collections", { name: image, description: drawing })).id;
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload", name: attribute })).id;
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const paragraphs = markdown.slice(0, 40).map(({ payload }) => `<p>The crimson tide says: ${escaped(payload)}</p>`).join("");
  site.pages = {
    "/": `<!doctype html><html lang="en"><head><title>${escaped(image)}</title></head><body><main><h1>${escaped(drawing)}</h1>${paragraphs}</main></body></html>`,
  };
  const website = { kind: "website", name: picture, start_url: `http://${site.host}/` };
  await make(page, `/api/v1/collections/${collection}/sources`, website);
  const documents: string[] = [];
  // What has a null is no text to who reads files.
  const readable = [...markdown, ...html].filter(({ payload }) => !payload.includes("\0"));
  for (const [at, content] of bundles(readable, 20_000).entries()) {
    const name = names[at % names.length];
    const title = `# ${names[(at + 1) % names.length]}\n\nThe crimson tide number ${at} turns at nine.\n\n`;
    documents.push(await uploadAndRead(page, source, `${name} ${at}.md`, title + content));
  }
  await open(page, `/data/${collection}`);
  await expect(page.locator(".source-row").filter({ hasText: picture })).toContainText("Up to date", { timeout: 60_000 });
  await watch.expectNothing(page, "a collection");
  for (const document of documents) {
    await open(page, `/data/documents/${document}`);
    await expect(page.locator(".chunk-text").first()).toBeVisible();
    await watch.expectNothing(page, `the document ${document}`);
  }
  await open(page, `/data/${collection}/search?q=${encodeURIComponent("crimson tide turns")}`);
  await expect(page.locator("mark").filter({ hasText: "turns" }).first()).toBeVisible();
  await watch.expectNothing(page, "a search");
  await open(page, "/data");
  await watch.expectNothing(page, "the collections");

  // Cited, and opened beside the answer.
  const assistant = await speaker(page, [collection]);
  provider.replies = [says("The crimson tide number 0 turns at nine [1][2][3].")];
  await open(page, `/chat?assistant=${assistant}`);
  const file = { name: `${image}.md`, mimeType: "text/markdown", buffer: Buffer.from(`# ${image}\n\nThe crimson tide turns.\n\n${markdown[0].payload}\n`) };
  await page.getByLabel("Attach files").setInputFiles(file);
  await expect(page.locator(".composer [role=status]").first()).toHaveText("Files ready: 1 of 1", { timeout: 60_000 });
  await ask(page, "When does the crimson tide turn?");
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer, 60_000);
  await expect(page.locator(".sent-files a")).toContainText(`${image}.md`);
  await expect(page).toHaveURL(/\/chat\/conv_/);
  await watch.expectNothing(page, "an answer with sources");
  await answer.locator("a.cite").first().click();
  await expect(page.locator(".source-panel .source-head")).toBeVisible();
  await watch.expectNothing(page, "a source beside the chat");

  // What people say of it.
  const messages = await page.evaluate(async () => {
    const id = location.pathname.split("/").at(-1);
    return (await (await fetch(`/api/v1/conversations/${id}`)).json()).messages;
  });
  const headers = { origin: new URL(page.url()).origin };
  const said = await page.request.put(`/api/v1/messages/${messages[1].id}/feedback`, { headers, data: { reason: "other", comment: markdown[0].payload + image } });
  expect(said.ok(), await said.text()).toBe(true);
  const label = (await make(page, "/api/v1/categories", { name: image })).id;
  await page.request.patch(new URL(page.url()).pathname.replace("/chat/", "/api/v1/conversations/"), { headers, data: { category: label } });
  const feedback = (await (await page.request.get("/api/v1/feedback")).json()).items as { id: string }[];
  expect(feedback.length).toBe(1);
  for (const path of ["/feedback", `/feedback/${feedback[0].id}`, "/chat"]) {
    await open(page, path);
    await watch.expectNothing(page, path);
  }
  // The name of the file stands with the question.
  await open(page, `/feedback/${feedback[0].id}`);
  await expect(page.locator(".feedback-exchange")).toContainText(`Sent with it: ${image}.md`);
});

test("the widget and the public chat show texts, whoever wrote them", async ({ page, browser }) => {
  test.setTimeout(90_000);
  const inside = await begin(page, "hostile-widget");
  const hammock = new URL(page.url()).origin;
  const assistant = await speaker(page);
  const appearance = { title: image, launcher_text: drawing, welcome: `${image} ${picture} ${template} ${markdown[0].payload}`, suggestions: names.slice(0, 5) };
  const settings = { public_chat: true, widget: true, origins: [foreign.origin], allow_feedback: true, appearance, limits: { messages_in_ten_minutes: 300 } };
  const saved = await page.request.put(`/api/v1/assistants/${assistant}/interfaces`, { headers: { origin: hammock }, data: settings });
  expect(saved.ok(), await saved.text()).toBe(true);
  foreign.pages = { "/": { body: `<script async src="${hammock}/embed.js"></script><hammock-chat assistant="${assistant}"></hammock-chat>` } };
  // A visitor's messages are shorter; each bundle is asked as its number and answered as its text.
  const parts = bundles([...markdown, ...html], 6_000);

  provider.replies = [(response) => says(parts[named("Part")])(response)];
  // Two visitors at the same time, each with every second bundle.
  const visit = async (address: string, at: number) => {
    const context = await visitor(browser);
    const watch = await Watch.over(context, [hammock, foreign.origin]);
    const chat = await context.newPage();
    await chat.goto(address);
    if (at === 0) await chat.getByRole("button", { name: drawing }).click();
    const field = chat.getByRole("textbox", { name: "Write a message…" });
    await expect(field).toBeVisible();
    await expect(chat.getByRole("button", { name: attribute })).toBeVisible();
    await watch.expectNothing(chat, `${address}: the welcome`);
    const answers = chat.getByRole("article", { name: "Answer" });
    for (let part = at, number = 0; part < parts.length; part += 2, number += 1) {
      await field.fill(`Part ${part}: ${markdown[number].payload} ${names[number % names.length]}`);
      await chat.keyboard.press("Enter");
      await expect(answers).toHaveCount(number + 1);
      await answered(answers.last());
      await watch.expectNothing(chat, `${address}: ${number}`);
    }
    expect(await chat.locator(".blocks a[href]").count()).toBe(0);
    // And when they come back.
    if (at === 0) {
      await chat.reload();
      await chat.getByRole("button", { name: drawing }).click();
      await expect(answers.first()).toBeVisible();
      await watch.expectNothing(chat, `${address}: once more`);
    }
    await context.close();
  };
  await Promise.all([foreign.origin, `${hammock}/public/${assistant}`].map(visit));

  // Who looks after the assistant reads what visitors said, and how their chat looks.
  const path = `/api/v1/assistants/${assistant}/visitor-conversations`;
  const list = (await (await page.request.get(path)).json()).items as { conversation: string }[];
  expect(list.length).toBe(2);
  await open(page, `/assistants/${assistant}/interfaces`);
  await expect(page.getByRole("region", { name: "Preview" })).toContainText(image);
  await inside.expectNothing(page, "the interfaces");
});
