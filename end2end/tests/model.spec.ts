// Answers that a model writes: a provider of the OpenAI API on this machine that does what each test tells it to.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { expect, expectAccessible, test } from "../support/page";
import { make, open, register } from "../support/people";

type Reply = (response: ServerResponse) => void;

/** What the provider does with the next requests, in order; the last one again and again. */
let replies: Reply[] = [];
/** The prompts that it was sent. */
let prompts: string[] = [];
let provider: Server;
let base = "";

const stream = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/event-stream" });

function say(response: ServerResponse, content: string, finish_reason: string | null = null): void {
  const choice = { index: 0, delta: { content }, finish_reason };
  const chunk = { id: "c", object: "chat.completion.chunk", created: 0, model: "model-a", choices: [choice] };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

/** A whole answer. */
const says =
  (text: string): Reply =>
  (response) => {
    stream(response);
    say(response, text, "stop");
    response.end("data: [DONE]\n\n");
  };

/** The beginning of an answer, and then nothing more. */
const hangsAfter =
  (text: string): Reply =>
  (response) => {
    stream(response);
    say(response, text);
  };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

test.beforeAll(async () => {
  provider = createServer(async (request, response) => {
    if (request.url === "/v1/models") {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ object: "list", data: [{ id: "model-a", object: "model", created: 0, owned_by: "us" }] }));
      return;
    }
    prompts.push(await bodyOf(request));
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    reply?.(response);
  });
  await new Promise<void>((ready) => provider.listen(0, "127.0.0.1", ready));
  const bound = provider.address();
  base = typeof bound === "object" && bound ? `http://127.0.0.1:${bound.port}/v1` : "";
});

test.beforeEach(() => {
  replies = [];
  prompts = [];
});

test.afterAll(() => {
  provider.closeAllConnections();
  provider.close();
});

test("a connection is made, and its model answers; what was stopped is continued", async ({ page }) => {
  await register(page, { email: "model@example.org", password: "hammocks are fine 1" });
  await open(page, "/connections");
  await page.getByRole("button", { name: "Add a connection" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a connection" });
  await dialog.getByLabel("OpenAI-compatible").check();
  await dialog.getByLabel("Name").fill("Ours");
  await dialog.getByLabel("Address of the API").fill(base);
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expect(page.getByRole("heading", { name: "Ours" })).toBeVisible();
  const listed = await page.request.get("/api/v1/connections");
  const connection = (await listed.json()).items[0].id;
  const assistant = await make(page, "/api/v1/assistants", { name: "Writer", connection, model: "model-a", collections: [] });

  replies = [hangsAfter("Hammocks hang between "), says("two trees.")];
  await open(page, `/chat?assistant=${assistant.id}`);
  await page.getByLabel("Ask a question").fill("Where do hammocks hang?");
  await page.keyboard.press("Enter");
  const answers = page.getByRole("article", { name: "Answer" });
  await expect(answers.first()).toContainText("Hammocks hang between");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(answers.first()).toContainText("You stopped this answer.");
  await expect(answers.first()).toContainText("Hammocks hang between");
  await expectAccessible(page);

  await answers.first().getByRole("button", { name: "Continue" }).click();
  await expect(answers.nth(1)).toContainText("two trees.");
  expect(prompts).toHaveLength(2);
  expect(prompts[1], "the model sees what it had said").toContain("Hammocks hang between");
  // Only what was said last can be gone on with.
  await expect(page.getByRole("button", { name: "Continue" })).toHaveCount(0);
  await page.reload();
  await expect(answers.first()).toContainText("Hammocks hang between");
  await expect(answers.nth(1)).toContainText("two trees.");

  // The connection breaks in the middle: what was said stays, the reason is told, and it can be gone on with.
  replies = [
    (response) => {
      stream(response);
      say(response, "A knot ");
      setImmediate(() => response.destroy());
    },
    says("holds it."),
  ];
  await page.locator("html[data-live]").waitFor();
  await page.getByLabel("Ask a question").fill("What holds a hammock?");
  await page.keyboard.press("Enter");
  await expect(answers.nth(2)).toContainText("The model provider cannot be reached: the connection broke");
  await answers.nth(2).getByRole("button", { name: "Continue" }).click();
  await expect(answers.nth(3)).toContainText("holds it.");
  await expectAccessible(page);

  // One that wants fewer requests is asked again when it says.
  replies = [
    (response) => response.writeHead(429, { "retry-after": "1" }).end(JSON.stringify({ error: { message: "slow down" } })),
    says("Cotton or nylon."),
  ];
  await page.getByLabel("Ask a question").fill("What are hammocks made of?");
  await page.keyboard.press("Enter");
  await expect(answers.nth(4)).toContainText("Cotton or nylon.");
  await answers.nth(4).locator("details.steps summary").click();
  await expect(answers.nth(4)).toContainText("asking again in 1 s");
});
