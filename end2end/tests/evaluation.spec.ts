// The evaluation of a collection: questions are written and imported, asked, and what got worse leads to the search.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { uploadAndRead } from "../support/documents";
import { expect, expectAccessible, test } from "../support/page";
import { make, open, register } from "../support/people";

const password = "a hammock between trees 1";
const working = { timeout: 30_000 };
const files = {
  "hours.md": "# Opening hours\n\nThe museum opens at nine and closes at five. Dogs stay outside.\n",
  "prices.md": "# Prices\n\nA ticket costs ten crowns. Children enter for free.\n",
};

const dialog = (page: Page) => page.getByRole("dialog");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const row = (page: Page, text: string) => page.getByRole("row").filter({ hasText: text });

/** A collection with two files that answer; the ids of the collection and of the files. */
async function museum(page: Page, email: string): Promise<{ collection: string; documents: string[] }> {
  await register(page, { email, password });
  const collection = (await make(page, "/api/v1/collections", { name: "Museum", description: "" })).id;
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" })).id;
  const documents: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    documents.push(await uploadAndRead(page, source, name, text));
  }
  return { collection, documents };
}

test("a question is written, asked, and told when it got worse", async ({ page }) => {
  const { collection, documents } = await museum(page, "evaluation@example.org");
  await open(page, `/data/${collection}`);
  await page.getByRole("link", { name: "Evaluation" }).click();
  await expect(page).toHaveURL(new RegExp(`/data/${collection}/evaluation$`));
  await expect(page.getByText("No questions yet")).toBeVisible();
  await expectAccessible(page);

  await button(page, "Write a question").first().click();
  await dialog(page).locator("[name=question]").fill("Where do dogs stay?");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expect(dialog(page).locator(".field-error")).toHaveText("Choose at least one document that answers the question.");
  // By keyboard: what fits best is taken with Enter.
  const find = dialog(page).locator("[name=document]");
  await find.fill("opening");
  await expect(dialog(page).locator(".picker-offer")).toHaveCount(1);
  await find.press("Enter");
  await expect(dialog(page).locator(".picker-chosen li")).toContainText("Opening hours");
  await expect(find).toBeFocused();
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: /^Remove Opening hours/ }).click();
  await expect(dialog(page).locator(".picker-chosen li")).toHaveCount(0);
  await expect(find).toBeFocused();
  await find.press("Enter");
  await expect(dialog(page).locator(".picker-chosen li")).toContainText("Opening hours");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(row(page, "Where do dogs stay?")).toContainText("Not asked yet");

  await button(page, "Run").click();
  await expect(row(page, "Where do dogs stay?")).toContainText("Place 1", working);
  await expect(row(page, "Complete")).toContainText("1.000");
  await expect(page.getByText("There is no earlier run to compare with.")).toBeVisible();
  await expectAccessible(page);

  const headers = { origin: new URL(page.url()).origin };
  await page.request.delete(`/api/v1/documents/${documents[0]}`, { headers });
  await button(page, "Run").click();
  const worse = page.locator(".worse li");
  await expect(worse).toContainText("Where do dogs stay?", working);
  await expect(worse).toContainText("Not found");
  await expect(row(page, "Where do dogs stay?")).toContainText("Not in the collection any more");
  await expect(row(page, "Complete").first()).toContainText("−1.000");
  await expectAccessible(page);

  // The earlier run is in the address, also on a phone.
  await page.setViewportSize({ width: 390, height: 844 });
  await row(page, "Complete").nth(1).getByRole("link").click();
  await expect(page).toHaveURL(/run=evr_/);
  await expect(page.getByText("There is no earlier run to compare with.")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await expectAccessible(page);

  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, `/data/${collection}/evaluation`);
  await worse.getByRole("link").click();
  await expect(page).toHaveURL(/\/search\?q=Where/);
  await expect(page.locator("[name=q]")).toHaveValue("Where do dogs stay?");
});

test("questions come from a file and go to one", async ({ page }) => {
  const { collection } = await museum(page, "evaluation-import@example.org");
  await open(page, `/data/${collection}/evaluation`);
  await button(page, "Import").first().click();
  const csv = "question,expected\nWhat does a ticket cost?,Prices\nWho paints?,painters.md\n";
  const file = { name: "questions.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
  await dialog(page).locator("[type=file]").setInputFiles(file);
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Import" }).click();
  await expect(dialog(page)).toContainText("Added: 1 question.");
  const problem = dialog(page).getByRole("row").filter({ hasText: "painters.md" });
  await expect(problem).toContainText("This document is not in the collection");
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Done" }).click();
  await expect(row(page, "What does a ticket cost?")).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export" }).click();
  const saved = readFileSync(await (await download).path(), "utf8");
  expect(saved).toBe("question,expected,grade\r\nWhat does a ticket cost?,prices.md,1\r\n");

  await row(page, "What does a ticket cost?").getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No questions yet")).toBeVisible();
});
