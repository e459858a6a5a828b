// Answers that a model writes: a provider of the OpenAI API on this machine that does what each test tells it to.
import type { ServerResponse } from "node:http";
import { answered, expect, expectAccessible, test } from "../support/page";
import { ask, enrol, make, open, writer, register } from "../support/people";
import { begins, finish, hangsAfter, Provider, say, says, stream } from "../support/provider";

const provider = new Provider();

test.beforeAll(() => provider.start());
test.beforeEach(() => provider.reset());
test.afterAll(() => provider.stop());

test("a connection is made, and its model answers; what was stopped is continued", async ({ page }) => {
  await enrol(page, { email: "model@example.org", password: "hammocks are fine 1" });
  await open(page, "/connections");
  await page.getByRole("button", { name: "Add a connection" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a connection" });
  await dialog.getByLabel("OpenAI-compatible").check();
  await dialog.getByLabel("Name").fill("Ours");
  await dialog.getByLabel("Address of the API").fill(provider.base);
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expect(page.getByRole("heading", { name: "Ours" })).toBeVisible();
  const listed = await page.request.get("/api/v1/connections");
  const connection = (await listed.json()).items[0].id;
  const assistant = await make(page, "/api/v1/assistants", { name: "Writer", connection, model: "model-a", collections: [] });

  provider.replies = [hangsAfter("Hammocks hang between "), says("two trees.")];
  await open(page, `/chat?assistant=${assistant.id}`);
  await ask(page, "Where do hammocks hang?");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers.first()).toContainText("Hammocks hang between");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(answers.first()).toContainText("You stopped this answer.");
  await expect(answers.first()).toContainText("Hammocks hang between");
  await expectAccessible(page);

  await answers.first().getByRole("button", { name: "Continue" }).click();
  await expect(answers.nth(1)).toContainText("two trees.");
  expect(provider.prompts).toHaveLength(2);
  expect(provider.prompts[1], "the model sees what it had said").toContain("Hammocks hang between");
  // Only what was said last can be gone on with.
  await expect(page.getByRole("button", { name: "Continue" })).toHaveCount(0);
  await page.reload();
  await expect(answers.first()).toContainText("Hammocks hang between");
  await expect(answers.nth(1)).toContainText("two trees.");

  // The connection breaks in the middle: what was said stays, the reason is told, and it can be gone on with.
  provider.replies = [
    (response) => {
      stream(response);
      say(response, "A knot ");
      setImmediate(() => response.destroy());
    },
    says("holds it."),
  ];
  await page.locator("html[data-live]").waitFor();
  await ask(page, "What holds a hammock?");
  await expect(answers.nth(2)).toContainText("The connection to the model provider broke before the answer was complete.");
  await expect(answers.nth(2)).toContainText("For administrators: it closed in the middle of the answer");
  await answers.nth(2).getByRole("button", { name: "Continue" }).click();
  await expect(answers.nth(3)).toContainText("holds it.");
  await expectAccessible(page);

  // One that wants fewer requests is asked again when it says.
  provider.replies = [
    (response) => response.writeHead(429, { "retry-after": "3" }).end(JSON.stringify({ error: { message: "slow down" } })),
    says("Cotton or nylon."),
  ];
  await ask(page, "What are hammocks made of?");
  await expect(answers.nth(4).getByRole("status")).toContainText("asking again in 3 s");
  await expect(answers.nth(4)).toContainText("Cotton or nylon.");
  await answers.nth(4).locator("details.steps summary").click();
  await expect(answers.nth(4)).toContainText("asking again in 3 s");

  // An answer at its longest says so, and can be gone on with.
  provider.replies = [
    (response) => {
      stream(response);
      say(response, "First the knot, then ", "length");
      response.end("data: [DONE]\n\n");
    },
    says("the rope."),
  ];
  await ask(page, "How are hammocks tied?");
  await expect(answers.nth(5)).toContainText("First the knot, then");
  await expect(answers.nth(5)).toContainText("The answer reached its longest length.");
  await expect(answers.nth(5)).not.toContainText("For administrators");
  await answers.nth(5).getByRole("button", { name: "Continue" }).click();
  await expect(answers.nth(6)).toContainText("the rope.");

  // The sentence is ours; the words of the provider stand below it.
  provider.replies = [(response) => response.writeHead(500).end(JSON.stringify({ error: { message: "kaboom in line 3" } }))];
  await ask(page, "What breaks?");
  await expect(answers.nth(7)).toContainText("The model provider did not answer as it should. Ask again;");
  await expect(answers.nth(7).locator("small")).toHaveText("For administrators: kaboom in line 3");
  await expectAccessible(page);
});

test("where the model fails, passages are quoted and it can be asked again", async ({ page }) => {
  await enrol(page, { email: `fallback-${process.pid}@example.org`, password: "hammocks are fine 1" });
  const connection = (await make(page, "/api/v1/connections", { name: "Ours", kind: "compatible", base_url: provider.base })).id;
  const data = { name: "Helper", connection, model: "model-a", collections: ["coll_handbook"] };
  const assistant = await make(page, "/api/v1/assistants", data);
  provider.replies = [
    (response) => response.writeHead(500).end(JSON.stringify({ error: { message: "kaboom in line 3" } })),
    says("Create a widget and copy its code. That takes 4711 minutes *in all*."),
  ];
  await open(page, `/chat?assistant=${assistant.id}`);
  const input = page.getByLabel("Ask a question");
  await ask(page, "How do I put the chat on my website?");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers.first()).toContainText("Quoted from the sources: the model did not answer");
  await expect(answers.first()).toContainText("The model provider did not answer as it should. Ask again;");
  await answered(answers.first());
  // It is whole: there is nothing to go on with.
  await expect(answers.first().getByRole("button", { name: "Continue" })).toHaveCount(0);
  // One button asks again, not two.
  await expect(answers.first().getByRole("button", { name: "With another assistant…" })).toBeVisible();
  await expect(answers.first().getByRole("button", { name: "Regenerate" })).toHaveCount(0);
  await expectAccessible(page);

  await input.fill("And what does it");
  await answers.first().getByRole("button", { name: "Ask again" }).click();
  await expect(answers.first()).toContainText("Create a widget and copy its code.");
  // A sentence that no source supports is marked, and what that means is said once below.
  const unsupported = answers.first().locator("mark.unsupported");
  await expect(unsupported.filter({ hasText: "That takes 4711 minutes" })).toHaveAttribute("title", "not found in the sources");
  await expect(unsupported.filter({ hasText: "in all" })).toHaveCount(1);
  await expect(answers.first().getByText("Dotted sentences were not found in the sources.")).toBeVisible();
  await expectAccessible(page);
  // It stands in the place of the one before, which stays as a version.
  await expect(page.locator(".question")).toHaveCount(1);
  await expect(answers).toHaveCount(1);
  await expect(input, "what is being typed stays").toHaveValue("And what does it");
  await expect(answers.first().getByRole("button", { name: "Ask again" })).toHaveCount(0);
  const versions = answers.first().getByRole("group", { name: "Versions" });
  await expect(versions).toContainText("2 of 2");
  await versions.getByRole("button", { name: "Previous version" }).click();
  await expect(answers.first()).toContainText("Quoted from the sources: the model did not answer");
  await expect(answers.first().getByText("Dotted sentences were not found in the sources.")).toHaveCount(0);
});

test("asked again, a question keeps its files, and what went on with an answer goes on with it", async ({ page }) => {
  await register(page, { email: `asked-again-${process.pid}@example.org`, password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  const breaks = (text: string) => (response: ServerResponse) => {
    stream(response);
    say(response, text);
    setImmediate(() => response.destroy());
  };
  provider.replies = [breaks("The tide "), says("The tide turns "), breaks("turns "), says("at a quarter past four.")];
  await open(page, chat);
  const file = (name: string, text: string) => ({ name, mimeType: "text/markdown", buffer: Buffer.from(text) });
  const ready = page.locator(".composer [role=status]").first();
  await page.getByLabel("Attach files").setInputFiles(file("tides.md", "# Tides\n\nThe zanzibar tide turns at a quarter past four.\n"));
  await expect(ready).toHaveText("Files ready: 1 of 1", { timeout: 60_000 });
  await ask(page, "When does the tide turn?");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers.first()).toContainText("The connection to the model provider broke");

  // What waits for another question stays with that one.
  await page.getByLabel("Attach files").setInputFiles(file("winds.md", "# Winds\n\nThe monsoon comes in May.\n"));
  await expect(ready).toHaveText("Files ready: 1 of 1", { timeout: 60_000 });
  await answers.first().getByRole("button", { name: "Ask again" }).click();
  await expect(answers.first()).toContainText("The tide turns");
  await expect(answers.first()).toHaveAttribute("aria-busy", "false");
  await expect(page.locator(".sent-files a")).toHaveText(["tides.md"]);
  await expect(page.locator(".composer .file-chips li")).toContainText("winds.md");
  expect(provider.prompts[1]).toContain("zanzibar tide");
  expect(provider.prompts[1]).not.toContain("monsoon");

  // Back to what was cut off, which is gone on with; that breaks too, and is asked for again.
  await answers.first().getByRole("button", { name: "Previous version" }).click();
  await answers.first().getByRole("button", { name: "Continue" }).click();
  await expect(answers.nth(1)).toContainText("The connection to the model provider broke");
  await answers.nth(1).getByRole("button", { name: "Ask again" }).click();
  await expect(answers.nth(1)).toContainText("at a quarter past four.");
  await expect(page.locator(".messages .question")).toHaveText(["You: When does the tide turn?", "You: Continue"]);
  expect(provider.prompts[3]).toContain("was cut off");
  expect(provider.prompts[3]).toContain("When does the tide turn?");
});

test("a model that is silent at first is waited for in words, and can be stopped", async ({ page }) => {
  await enrol(page, { email: `speechless-${process.pid}@example.org`, password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  provider.replies = [(response) => void stream(response).flushHeaders()];
  await open(page, chat);
  await page.clock.install();
  await ask(page, "Where do hammocks hang?");
  const answer = page.getByRole("article", { name: "Answer" });
  await expect(answer).toHaveAttribute("aria-busy", "true");
  await expect(answer).not.toContainText("The model has not begun to answer yet.");
  await page.clock.fastForward(10_000);
  await expect(answer).toContainText("The model has not begun to answer yet.");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(answer).toContainText("You stopped this answer.");
  await expect(answer).not.toContainText("The model has not begun to answer yet.");
});

test("leaving the chat while an answer is written breaks nothing", async ({ page }) => {
  await enrol(page, { email: `leaver-${process.pid}@example.org`, password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  const asked: ServerResponse[] = [];
  provider.replies = [begins("Hammocks hang ", asked)];
  await open(page, chat);
  await ask(page, "Where do hammocks hang?");
  const answer = page.getByRole("article", { name: "Answer" });
  await expect(answer).toContainText("Hammocks hang");
  await expect(page).toHaveURL(/\/chat\/conv_/);
  const conversation = new URL(page.url()).pathname.split("/").pop();
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Data" })).toBeVisible();

  finish(asked[0], "between trees.");
  const written = async () => (await page.request.get(`/api/v1/conversations/${conversation}`)).text();
  await expect.poll(written).toContain("between trees.");
  // The page that is open now still acts.
  await page.getByRole("button", { name: "New collection" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goBack();
  await expect(answer).toContainText("Hammocks hang between trees.");
});

test("an answer stays in its conversation when another one is opened meanwhile", async ({ page }) => {
  await enrol(page, { email: `hopper-${process.pid}@example.org`, password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  const asked: ServerResponse[] = [];
  provider.replies = [begins("Hammocks hang ", asked), says("Of cotton.")];
  await open(page, chat);
  const input = page.getByLabel("Ask a question");
  await ask(page, "Where do hammocks hang?");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers).toContainText("Hammocks hang");
  await expect(page).toHaveURL(/\/chat\/conv_/);
  const first = page.url();

  // The way to a new one leads there too from where a conversation has just begun.
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(page).toHaveURL(/\/chat$/);
  await expect(page.getByRole("heading", { name: "How can I help?" })).toBeVisible();
  await expect(answers).toHaveCount(0);
  await input.fill("What are they made of?");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(input).toBeFocused();
  await expect(answers).toContainText("Of cotton.");
  await expect(page).toHaveURL(/\/chat\/conv_/);
  expect(page.url()).not.toBe(first);

  finish(asked[0], "between trees.");
  const written = async () => (await page.request.get(`/api/v1/conversations/${first.split("/").pop()}`)).text();
  await expect.poll(written).toContain("between trees.");
  await answered(answers);
  await expect(answers).not.toContainText("trees");
  await page.locator(`.conversation a[href="${new URL(first).pathname}"]`).click();
  await expect(answers).toContainText("Hammocks hang between trees.");
  await expect(answers).not.toContainText("cotton");
});

test("what is asked in another tab is there when one comes back", async ({ page }) => {
  await enrol(page, { email: `tabs-${process.pid}@example.org`, password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between trees."), says("Of cotton.")];
  await open(page, chat);
  await ask(page, "Where do hammocks hang?");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers).toContainText("Between trees.");
  await expect(page).toHaveURL(/\/chat\/conv_/);

  const other = await page.context().newPage();
  await open(other, new URL(page.url()).pathname);
  await ask(other, "What are they made of?");
  await expect(other.getByRole("article", { name: "Answer" }).nth(1)).toContainText("Of cotton.");
  await other.close();
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new FocusEvent("focus")));
  await expect(answers).toHaveCount(2);
  await expect(answers.nth(1)).toContainText("Of cotton.");
});

test("a row's menu stays open when an answer ends", async ({ page }) => {
  await enrol(page, { email: `menu-${process.pid}@example.org`, password: "hammocks are fine 1" });
  const chat = await writer(page, provider.base);
  const asked: ServerResponse[] = [];
  provider.replies = [begins("Hammocks hang ", asked)];
  await open(page, chat);
  await ask(page, "Where do hammocks hang?");
  await expect(page.getByRole("article", { name: "Answer" })).toContainText("Hammocks hang");
  const row = page.locator(".conversation").first();
  await expect(row).toContainText("Where do hammocks hang?");
  await row.hover();
  await row.getByRole("button").click();
  const rename = page.getByRole("menuitem", { name: "Rename" });
  await expect(rename).toBeFocused();

  // The list that is asked for at the end tells of another title: what is seen of it was written after that.
  await page.route("**/api/fn/chat/list_conversations", async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    list.items[0].title = "Between trees";
    await route.fulfill({ response, json: list });
  });
  finish(asked[0], "between trees.");
  await expect(row.locator("b")).toHaveText("Between trees");
  await expect(row.getByRole("button")).toHaveAccessibleName("Actions for Between trees");
  await expect(rename).toBeVisible();
  await expect(rename).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByLabel("Title")).toHaveValue("Between trees");
});

test("a key that is stored does not follow to another address", async ({ page }) => {
  await enrol(page, { email: "keys@example.org", password: "hammocks are fine 1" });
  await make(page, "/api/v1/connections", { name: "Hosted", kind: "open_ai", base_url: provider.base, key: "sk-right" });
  await open(page, "/connections");
  await page.getByRole("button", { name: "Actions for Hosted" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit the connection" });
  await dialog.getByLabel("Address of the API").fill(provider.base.replace("/v1", "/v2"));
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expect(dialog.getByLabel("API key")).toHaveAccessibleDescription(/This provider needs a key/);
  await expect(dialog.getByLabel("API key")).toBeFocused();
  await expectAccessible(page);
});
