// An Ollama on this machine is found, and connected by two clicks.
import { OwnServer } from "../support/own-server";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";
import { Provider, says } from "../support/provider";

const provider = new Provider();
// Nothing else of this machine may be asked.
const server = new OwnServer("ollama", () => ({ HAMMOCK_MODELS__OLLAMA_URL: provider.base, HAMMOCK_EGRESS__ALLOW: '["192.0.2.1"]' }));

test.beforeAll(async () => {
  await provider.start();
  await server.start();
});
test.afterAll(async () => {
  await server.kill();
  provider.stop();
});

test("a local Ollama is offered, connected, and answers", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: server.origin, locale: "en-GB" });
  const page = await context.newPage();
  await enrol(page, { email: "ollama@example.org", password: "hammocks are fine 1" });
  await open(page, "/connections");
  const offer = page.getByText(`An Ollama on this machine answers at ${provider.base}.`);
  await expect(offer).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Use it" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a connection" });
  await expect(dialog.getByLabel("Ollama")).toBeChecked();
  await expect(dialog.getByLabel("Address of the API")).toHaveValue(provider.base);
  await expect(dialog.getByLabel("API key")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expect(page.getByRole("heading", { name: "Ollama" })).toBeVisible();
  await expect(offer).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();

  const connection = (await (await page.request.get("/api/v1/connections")).json()).items[0].id;
  const assistant = await make(page, "/api/v1/assistants", { name: "Local", connection, model: "model-a", collections: [] });
  provider.replies = [says("Between two trees.")];
  await open(page, `/chat?assistant=${assistant.id}`);
  await page.getByLabel("Ask a question").fill("Where do hammocks hang?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("article", { name: "Answer" })).toContainText("Between two trees.");
  await context.close();
});
