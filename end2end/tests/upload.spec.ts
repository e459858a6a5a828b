// Many files into one source, however they come.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";

const password = "a hammock between trees 1";

/** Drops files on the page as the browser does it. */
async function drop(page: Page, names: string[]) {
  const files = await page.evaluateHandle((names) => {
    const dropped = new DataTransfer();
    for (const name of names) dropped.items.add(new File([`# ${name}\n\nA text about ${name}.\n`], name, { type: "text/markdown" }));
    return dropped;
  }, names);
  await page.dispatchEvent(".drop-area", "drop", { dataTransfer: files });
}

const names = (letter: string, count: number) => Array.from({ length: count }, (_, index) => `${letter}-${index + 1}.md`);

test("many drops one after the other end in one source", async ({ page }) => {
  await enrol(page, { email: "dropper@example.org", password });
  const collection = (await make(page, "/api/v1/collections", { name: "Dropped", description: "" })).id;
  await open(page, `/data/${collection}`);
  // The source is still being made when the second and the third come.
  await drop(page, names("first", 8));
  await drop(page, names("second", 8));
  await page.locator("input[type=file][name=file]").setInputFiles({ name: "third.md", mimeType: "text/markdown", buffer: Buffer.from("# Third\n\nText.\n") });
  await expect(page.locator(".uploads header")).toContainText("Files done: 17 of 17, refused: 0");
  await expect(page.locator(".uploads li")).toHaveCount(17);
  await expect(page.locator(".source-row")).toHaveCount(1);
  await expect(page.locator(".source-row")).toContainText("17 documents");
  await expect(page.locator(".source-row").getByRole("link", { name: "Uploaded files" })).toBeVisible();
  await expect(page.locator(".source-row .truncate"), "its name says already what it is").toHaveCount(0);
  await expectAccessible(page);

  // And a later one, on a page that knows the source from the start.
  await open(page, `/data/${collection}`);
  await drop(page, names("later", 2));
  await expect(page.locator(".source-row")).toContainText("19 documents");
  await expect(page.locator(".source-row")).toHaveCount(1);

  // The long list scrolls within the page, and nothing around it does.
  await page.setViewportSize({ width: 1440, height: 300 });
  await open(page, `/data/${collection}`);
  await expect(page.locator("tbody tr")).toHaveCount(19);
  expect(await page.locator("main").evaluate((it) => it.scrollHeight - it.clientHeight), "long enough to scroll").toBeGreaterThan(100);
  expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
});

test("files go into the source that is chosen", async ({ page }) => {
  await enrol(page, { email: "chooser@example.org", password });
  const collection = (await make(page, "/api/v1/collections", { name: "Two shelves", description: "" })).id;
  const path = `/api/v1/collections/${collection}/sources`;
  await make(page, path, { kind: "upload", name: "Contracts" });
  const minutes = (await make(page, path, { kind: "upload", name: "Minutes" })).id;
  await open(page, `/data/${collection}?source=${minutes}`);
  await drop(page, names("may", 3));
  const row = (name: string) => page.locator(".source-row").filter({ hasText: name });
  await expect(row("Minutes")).toContainText("3 documents");
  await expect(row("Contracts")).toContainText("0 documents");
  await expect(row("Contracts").getByText("Files", { exact: true })).toBeVisible();
});

test("a file that does not arrive says why, and the others go on", async ({ page }) => {
  await enrol(page, { email: "unlucky@example.org", password });
  const collection = (await make(page, "/api/v1/collections", { name: "Unlucky", description: "" })).id;
  await open(page, `/data/${collection}`);
  await drop(page, ["one.md"]);
  await expect(page.locator(".source-row")).toContainText("1 document");
  // The connection breaks for one file.
  await page.route("**/documents", (route) => route.abort(), { times: 1 });
  await drop(page, ["broken.md"]);
  const broken = page.locator(".uploads li").filter({ hasText: "broken.md" });
  await expect(broken).toContainText("The server cannot be reached at the moment.");
  await drop(page, ["two.md"]);
  await expect(page.locator(".source-row")).toContainText("2 documents");
  await broken.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("list", { name: "Uploads of this page" })).toBeFocused();
  await expect(page.locator(".source-row")).toContainText("3 documents");
  await expect(broken).toContainText("Uploaded");
  await page.getByRole("button", { name: "Hide finished uploads" }).click();
  await expect(page.locator(".uploads")).toHaveCount(0);
  await expect(page.locator("main")).toBeFocused();
});

test("a file is downloaded and replaced from its row, and one of the same name says that it replaces", async ({ page }) => {
  await enrol(page, { email: "replacer@example.org", password });
  const collection = (await make(page, "/api/v1/collections", { name: "Replaced", description: "" })).id;
  await open(page, `/data/${collection}`);
  await drop(page, ["one.md"]);
  const row = page.locator("tbody tr");
  await expect(row).toContainText("one.md");
  await expect(page.locator(".uploads li")).toContainText("Uploaded and read");
  await expect(page.getByText("It replaces the earlier file of this name.")).toHaveCount(0);
  await drop(page, ["one.md"]);
  await expect(page.getByText("It replaces the earlier file of this name.")).toHaveCount(1);
  await expect(row).toHaveCount(1);

  // What changes in a row leaves its menu open.
  await row.getByRole("button").click();
  const original = page.getByRole("menuitem", { name: "Download original" });
  const renewed = { name: "one.md", mimeType: "text/markdown", buffer: Buffer.from("# Renewed\n\nRenewed text.\n") };
  await page.locator("input[type=file][name=file]").setInputFiles(renewed);
  await expect(row).toContainText("Renewed");
  await expect(original).toBeVisible();
  const before = (await original.getAttribute("href")) ?? "";
  const download = page.waitForEvent("download");
  await original.click();
  expect((await download).suggestedFilename()).toBe("one.md");

  await open(page, `/data/${collection}`);
  await row.getByRole("button").click();
  await expectAccessible(page);
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("menuitem", { name: "Replace…" }).click();
  const newer = { name: "another name.md", mimeType: "text/markdown", buffer: Buffer.from("# Newer\n\nNewer text.\n") };
  await (await choosing).setFiles(newer);
  // It keeps its name and its document; what it says is new.
  await expect(row).toContainText("Newer");
  await expect(row).toContainText("one.md");
  await expect(row).toHaveCount(1);
  await row.getByRole("button").click();
  await expect(original).toHaveAttribute("href", before);
  expect(await (await page.request.get(before)).text()).toContain("Newer text.");
});

test("one file is deleted after a question, and the others stay", async ({ page }) => {
  await enrol(page, { email: "deleter@example.org", password });
  const collection = (await make(page, "/api/v1/collections", { name: "Tidied", description: "" })).id;
  await open(page, `/data/${collection}`);
  await drop(page, names("kept", 2));
  await expect(page.locator(".source-row")).toContainText("2 documents");
  const row = page.locator("tbody tr").filter({ hasText: "kept-1.md" });
  await row.getByRole("button").click();
  const original = (await page.getByRole("menuitem", { name: "Download original" }).getAttribute("href")) ?? "";
  expect((await page.request.get(original)).status()).toBe(200);
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const question = page.getByRole("dialog", { name: /kept-1\.md/ });
  await expectAccessible(page);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(row).toHaveCount(1);
  await row.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(row).toHaveCount(0);
  // The button that had the focus went with its row.
  await expect(page.locator("main")).toBeFocused();
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await expect(page.locator(".source-row")).toContainText("1 document");
  expect((await page.request.get(original)).status()).toBe(404);
});
