// Fields of metadata are defined and filled, a value is written by hand, and a search and an assistant are held to one.
import { upload } from "../support/documents";
import { expect, expectAccessible, test } from "../support/page";
import { make, open, register } from "../support/people";

const password = "a hammock between trees 1";
const note = (author: string, year: string, text: string) => `---\nauthor: ${author}\nyear: ${year}\n---\n\n# Parcels\n\n${text}\n`;

test("documents carry values, and a search goes by them", async ({ page }) => {
  await register(page, { email: `metadata-${process.pid}@example.org`, password });
  const collection = (await make(page, "/api/v1/collections", { name: "Shop", description: "" })).id;
  const source = await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" });
  const headers = { origin: new URL(page.url()).origin };
  const uploadNote = async (name: string, content: string) => {
    const id = await upload(page, source.id, name, content);
    const chunks = async () => (await (await page.request.get(`/api/v1/documents/${id}`)).json()).chunks;
    await expect.poll(chunks, { timeout: 30_000, intervals: [50, 100, 250] }).toBe(1);
    return id;
  };
  await uploadNote("old.md", note("Eva", "2019", "A parcel comes back within thirty days."));
  const later = await uploadNote("new.md", note("Adam", "soon", "A parcel comes back within forty days."));

  // A field is defined, and filled for what is there.
  await open(page, `/data/${collection}`);
  await page.getByRole("link", { name: "Metadata", exact: true }).click();
  await expect(page.getByText("No fields yet")).toBeVisible();
  await expectAccessible(page);
  const dialog = page.getByRole("dialog");
  const define = async (name: string, kind: string, key: string) => {
    await page.getByRole("button", { name: "Add field" }).last().click();
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByLabel("Kind").selectOption(kind);
    await dialog.getByLabel("Front matter key").fill(key);
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
  };
  await define("Author", "text", "author");
  // The button in place of the list has gone.
  await expect(page.locator("main")).toBeFocused();
  await define("Year", "date", "year");
  const table = page.getByRole("table", { name: "Fields" });
  const row = (name: string) => table.getByRole("row").filter({ hasText: name });
  await expect(row("Year")).toContainText("1 with a value that does not fit", { timeout: 30_000 });
  await expect(row("Author")).toContainText("2");
  await expectAccessible(page);

  // What does not fit is shown as it was found, and put right by hand; on a phone, in the dark.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page, `/data/documents/${later}`);
  const carried = page.getByRole("region", { name: "Metadata" });
  await expect(carried).toContainText("soon");
  await expect(carried).toContainText("does not fit: Date");
  await carried.getByRole("button", { name: "Edit Year" }).click();
  await dialog.getByLabel("Value").fill("one day");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("This value is missing or does not fit.")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel("Value").fill("2026-11-27");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(carried).toContainText("2026-11-27");
  await expect(carried.getByRole("button", { name: "Edit Year" })).toBeFocused();
  await expect(carried).toContainText("Written by hand");
  await expect(carried).toContainText("Read: soon");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });

  // So is the list of documents, by its address.
  await open(page, `/data/${collection}`);
  await page.getByLabel("Metadata", { exact: true }).selectOption({ label: "Author" });
  await expect(page).toHaveURL(/field=author/);
  await page.getByRole("searchbox", { name: "Value" }).fill("ada");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/value=ada/);
  const listed = page.getByRole("table", { name: "Documents" });
  await expect(listed.getByRole("link", { name: "Parcels" })).toHaveCount(1);
  await expectAccessible(page);

  // A search is held to one of them.
  await open(page, `/data/${collection}/search`);
  await page.getByRole("searchbox").fill("parcel days");
  await page.getByLabel("Only documents where").selectOption({ label: "Year" });
  await page.getByLabel("Comparison").selectOption({ label: "is at least" });
  await page.getByLabel("Value").fill("2020");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/field=year/);
  await expect(page.locator(".hit")).toHaveCount(1);
  await expect(page.locator(".hit")).toContainText("forty days");
  await expectAccessible(page);

  // So is an assistant.
  const assistant = (await make(page, "/api/v1/assistants", { name: "Post", collections: [collection] })).id;
  await page.route("**/api/fn/metadata/list_fields", (route) => route.abort());
  await open(page, `/assistants/${assistant}`);
  const conditions = page.getByRole("group", { name: "Only documents where" });
  const add = conditions.getByRole("button", { name: "Add a condition" });
  const again = conditions.getByRole("button", { name: "Try again" });
  await expect(conditions.getByText("The server cannot be reached at the moment.")).toBeVisible();
  await expectAccessible(page);
  await page.unroute("**/api/fn/metadata/list_fields");
  await again.focus();
  await page.keyboard.press("Enter");
  await expect(again).toHaveCount(0);
  await expect(add).toBeFocused();
  await add.click();
  await conditions.getByRole("button", { name: "Remove this condition" }).focus();
  await page.keyboard.press("Enter");
  await expect(add).toBeFocused();
  await add.click();
  await conditions.getByLabel("Field").selectOption({ label: "Author" });
  await conditions.getByLabel("Value").fill("Eva");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Discard changes" })).toHaveCount(0);
  const stored = await (await page.request.get(`/api/v1/assistants/${assistant}`)).json();
  expect(stored.filters).toEqual([{ field: "author", operator: "is", values: ["Eva"] }]);
  const data = { query: "parcel days", assistant, mode: "keyword" };
  const found = await (await page.request.post("/api/v1/search", { headers, data })).json();
  expect(found.hits.map((hit: { text: string }) => /thirty/.test(hit.text))).toEqual([true]);

  // Deleting says how many documents carry it.
  await open(page, `/data/${collection}/metadata`);
  await row("Year").getByRole("button", { name: "Actions for Year" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(dialog).toContainText("2 documents");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(row("Year")).toHaveCount(0);
  await expect(row("Author")).toHaveCount(1);
});
