// A passage of a document gets another text, is switched off, and is restored.
import { upload } from "../support/documents";
import { answered, expect, expectAccessible, test } from "../support/page";
import { make, open, register } from "../support/people";

const hours = "# Opening hours\n\nThe museum opens at nine in summer.\n";
const later = "# Opening hours\n\nThe museum opens at eleven in winter.\n";
const edited = "The gallery welcomes visitors from half past eight.";

test("a passage is edited, switched off and restored, and the answer says who edited it", async ({ page }) => {
  const who = { email: `edited-${process.pid}@example.org`, password: "a hammock between trees 1" };
  await register(page, who, { first: "Eva", last: "Editor" });
  const collection = (await make(page, "/api/v1/collections", { name: "Museum", description: "" })).id;
  const source = await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" });
  const headers = { origin: new URL(page.url()).origin };
  const id = await upload(page, source.id, "hours.md", hours);
  const read = async () => await (await page.request.get(`/api/v1/documents/${id}/text`)).json();
  await expect.poll(async () => (await read()).chunks.length, { timeout: 30_000, intervals: [50, 100, 250] }).toBe(1);
  const assistant = (await make(page, "/api/v1/assistants", { name: "Museum help", collections: [collection] })).id;

  await open(page, `/data/documents/${id}`);
  const passage = page.getByRole("article", { name: "Passage 1" });
  await expect(passage).toContainText("nine in summer");
  await expectAccessible(page);

  // What is typed is kept while it cannot be stored, and closing asks first.
  await passage.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit passage 1" });
  const area = dialog.getByLabel("Text to search and cite");
  await expect(area).toHaveValue(/nine in summer/);
  await expect(dialog.getByRole("button", { name: "Restore original" })).toHaveCount(0);
  await expectAccessible(page);
  await page.route("**/api/fn/knowledge/update_chunk", (route) => route.abort());
  await area.fill(edited);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
  await expect(area).toHaveValue(edited);
  await page.unroute("**/api/fn/knowledge/update_chunk");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(passage.locator("header")).toContainText("Edited by Eva Editor");
  await expect(passage.locator("> .chunk-text")).toContainText("half past eight");
  await passage.getByText("Text of the document").click();
  await expect(passage.locator("details")).toContainText("nine in summer");
  await expectAccessible(page);

  // By keyboard, and the focus stays.
  const off = passage.getByRole("button", { name: "Switch off" });
  await off.focus();
  await page.keyboard.press("Enter");
  await expect(passage.getByText("Switched off")).toBeVisible();
  await expect(passage.getByRole("button", { name: "Switch on" })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(passage.getByText("Switched off")).toHaveCount(0);

  const hits = async () => {
    const data = { query: "gallery visitors", collections: [collection], mode: "keyword" };
    return (await (await page.request.post("/api/v1/search", { headers, data })).json()).hits.length;
  };
  await expect.poll(hits, { timeout: 30_000, intervals: [50, 100, 250] }).toBe(1);

  await open(page, `/chat?assistant=${assistant}`);
  await page.getByLabel("Ask a question").fill("From when does the gallery welcome visitors?");
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);
  await answer.locator("a.cite").first().click();
  const panel = page.getByRole("complementary", { name: "Sources" });
  await expect(panel).toContainText("Edited by Eva Editor");
  await expect(panel.locator(".source-text")).toContainText("half past eight");
  await expect(panel.locator(".source-text")).not.toContainText("nine in summer");
  await expectAccessible(page);
  await panel.getByRole("link", { name: "Open the original" }).click();
  await expect(page).toHaveURL(new RegExp(`/data/documents/${id}\\?revision=1&marks=`));
  await expect(passage.locator("details mark").first()).toBeInViewport();

  // The document has another text now: the edit is kept and not used.
  await upload(page, source.id, "hours.md", later);
  await expect.poll(async () => (await read()).unused_edits.length, { timeout: 30_000, intervals: [50, 100, 250] }).toBe(1);
  await open(page, `/data/documents/${id}`);
  await expect(passage).toContainText("eleven in winter");
  const unused = page.getByRole("region", { name: "Edits that are not used" });
  await expect(unused).toContainText("half past eight");
  await expectAccessible(page);
  await unused.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await expect(unused).toHaveCount(0);
});

test("an edited passage is restored", async ({ page }) => {
  const who = { email: `restored-${process.pid}@example.org`, password: "a hammock between trees 1" };
  await register(page, who, { first: "Eva", last: "Editor" });
  const collection = (await make(page, "/api/v1/collections", { name: "Museum", description: "" })).id;
  const source = await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" });
  const headers = { origin: new URL(page.url()).origin };
  const document = `/api/v1/documents/${await upload(page, source.id, "hours.md", hours)}`;
  const chunks = async () => (await (await page.request.get(`${document}/text`)).json()).chunks;
  await expect.poll(async () => (await chunks()).length, { timeout: 30_000, intervals: [50, 100, 250] }).toBe(1);
  const chunk = (await chunks())[0].id;
  await page.request.patch(`${document}/chunks/${chunk}`, { headers, data: { text: edited } });

  await open(page, document.replace("/api/v1/", "/data/"));
  const passage = page.getByRole("article", { name: "Passage 1" });
  await passage.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit passage 1" });
  await dialog.getByText("Text of the document").click();
  await expect(dialog.locator(".original-text")).toContainText("nine in summer");
  await dialog.getByRole("button", { name: "Restore original" }).click();
  await expect(dialog).toBeHidden();
  await expect(passage).toContainText("nine in summer");
  await expect(passage).not.toContainText("Edited by");
});
