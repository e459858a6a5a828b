// The newcomer's second half, by what is seen alone: a collection, a website and files in it, an assistant, and questions about each.
import type { Page } from "@playwright/test";
import { pdf, word } from "../support/files";
import { expect, expectAccessible, test } from "../support/page";
import { ask, register } from "../support/people";
import { atelier, Site } from "../support/site";

/** Pages are asked for with a pause between them, and what was read gets its vectors. */
const reading = { timeout: 60_000 };

const site = new Site();

const workshop = pdf([
  ["The workshop stands on a hill above the river and has two floors.", "Its garden is open to all from May until October."],
  ["The old loom in the cellar must be oiled every ninety days.", "Its keys are with the warden in the house by the mill."],
]);
const wages = word("Wages", [
  "Weavers are paid on the third Friday of every month.",
  "Whoever dyes the yarn gets a pair of gloves each spring.",
]);

test.beforeAll(async () => {
  site.pages = atelier();
  await site.start();
});

test.afterAll(() => site.stop());

/** Asks, and opens the passage of the answer's first source. */
async function askAbout(page: Page, question: string, told: string) {
  await ask(page, question);
  const answer = page.getByRole("article", { name: "Answer" });
  await expect(answer).toHaveAttribute("aria-busy", "false");
  await expect(answer).toContainText(told);
  await answer.locator("a.cite").first().click();
  const panel = page.getByRole("complementary", { name: "Sources" });
  const passage = panel.locator("mark").filter({ hasText: told }).first();
  await expect(passage).toBeVisible();
  await expect(passage).toBeInViewport();
  return panel;
}

test("a website and files become an assistant that answers about each", async ({ page }) => {
  test.setTimeout(180_000);
  await register(page, { email: "newcomer-documents@example.org", password: "a hammock between trees 1" });
  const navigation = page.getByRole("navigation", { name: "Main navigation" });
  const dialog = page.getByRole("dialog");

  await navigation.getByRole("link", { name: "Data", exact: true }).click();
  await page.getByRole("button", { name: "New collection" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("Our atelier");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/data\/coll_/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Our atelier");

  // A website: how far it is read is seen until it is read.
  let release = () => {};
  site.gate = new Promise((resolve) => (release = resolve));
  await page.getByRole("button", { name: "Add data source" }).first().click();
  await dialog.locator("[name=start_url]").fill(`http://${site.host}/`);
  await dialog.locator("[name=name]").fill("Shop");
  await dialog.getByRole("button", { name: "Add data source" }).click();
  const source = (name: string) => page.locator(".source-row").filter({ hasText: name });
  await expect(source("Shop").getByRole("progressbar")).toBeVisible();
  release();
  await expect(source("Shop")).toContainText("Up to date", reading);
  await expect(source("Shop").getByRole("progressbar")).toHaveCount(0);
  await expect(source("Shop")).toContainText("3 documents");

  // Files, from the chooser.
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await choosing).setFiles([
    { name: "workshop.pdf", mimeType: "application/pdf", buffer: workshop },
    {
      name: "wages.docx",
      mimeType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      buffer: wages,
    },
  ]);
  await expect(page.locator(".uploads header")).toContainText("Files done: 2 of 2, refused: 0");
  for (const name of ["workshop.pdf", "wages.docx"]) {
    await expect(page.locator("tbody tr").filter({ hasText: name })).toContainText("Ready", reading);
  }
  await expect(source("Uploaded files")).toContainText("2 documents");
  await expectAccessible(page);

  await navigation.getByRole("link", { name: "Assistants", exact: true }).click();
  await page.getByRole("link", { name: "New assistant" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Atelier help");
  await page.getByRole("checkbox", { name: "Our atelier", exact: true }).check();
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page).toHaveURL(/\/assistants\/asst_/);
  const chat = page.getByRole("link", { name: "Chat with it" });
  const assistant = page.url();

  await chat.click();
  const returns = await askAbout(page, "How long can I send a hammock back?", "forty days");
  await expect(returns.getByRole("link", { name: "Open the page" })).toHaveAttribute("href", /returns\.html/);
  await expectAccessible(page);

  // Each in a conversation of its own: nothing is known from the one before.
  await page.goto(assistant);
  await page.locator("html[data-live]").waitFor();
  await chat.click();
  const loom = await askAbout(page, "How often must the old loom be oiled?", "ninety days");
  await expect(loom).toContainText("Pages 1–2");
  await loom.getByRole("link", { name: "Open the document" }).click();
  await expect(page).toHaveURL(/\/data\/documents\/doc_.*marks=/);
  await expect(page.locator("main mark").filter({ hasText: "ninety days" }).first()).toBeInViewport();

  await page.goto(assistant);
  await page.locator("html[data-live]").waitFor();
  await chat.click();
  const paid = await askAbout(page, "When are weavers paid?", "third Friday");
  await expect(paid.locator(".source-head")).toContainText(/wages/i);
  await expectAccessible(page);
});
