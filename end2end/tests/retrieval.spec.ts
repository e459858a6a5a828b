// The settings of searching, and the page that shows what a question finds and what would come of it.
import { uploadAndRead } from "../support/documents";
import { answered, expect, expectAccessible, test } from "../support/page";
import { enrol, make, open, register } from "../support/people";

const password = "a hammock between trees 1";
const manual = "# Returns\n\nA parcel can be sent back within thirty days. Parcels that come back are refunded.\n";

/** A question that the manual has one word of. */
const far = "Which dogs barked at volcanoes, craters, glaciers, geysers, icebergs, harbours and parcels?";

test("a question shows its evidence, its ranks and what the model would be given", async ({ page }) => {
  await register(page, { email: `retrieval-${process.pid}@example.org`, password });
  const collection = (await make(page, "/api/v1/collections", { name: "Shop", description: "" })).id;
  const source = await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" });
  const headers = { origin: new URL(page.url()).origin };
  await uploadAndRead(page, source.id, "manual.md", manual);
  // Of its own threshold, so that it answers whatever the embedding model makes of it.
  const settings = { name: "Post", collections: [collection], retrieval: { threshold: 0 } };
  const assistant = (await make(page, "/api/v1/assistants", settings)).id;

  await open(page, `/data/${collection}/search`);
  await page.getByRole("searchbox").fill("parcel sent back");
  await page.getByLabel("Search in").selectOption({ label: "As Post does" });
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`in=${assistant}`));
  const verdict = page.getByRole("region", { name: "What an assistant would do" });
  await expect(verdict.getByText("Would answer")).toBeVisible();
  await expect(verdict).toContainText("needed 0.00");
  const row = page.getByRole("table", { name: "Where each passage stands" }).getByRole("row").nth(1);
  await expect(row).toContainText("1. (");
  for (const cell of [1, 2, 3]) await expect(row.getByRole("cell").nth(cell)).toHaveCSS("white-space", "nowrap");
  await expect(row).toContainText("yes");
  await expect(page.locator(".hit mark", { hasText: "Parcels" })).toHaveCount(1);
  const fold = page.getByText("What the model would be given", { exact: true });
  await fold.focus();
  await page.keyboard.press("Enter");
  const given = page.getByRole("region", { name: "What the model would be given" });
  await expect(given).toContainText("<source-");
  await expect(given).toContainText("within thirty days");
  await expectAccessible(page);

  // With as much as there can be, nothing is enough; on a phone, in the dark.
  const changed = await page.request.patch(`/api/v1/collections/${collection}`, { headers, data: { retrieval: { threshold: 1 } } });
  expect(changed.ok()).toBe(true);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page, `/data/${collection}/search?q=${encodeURIComponent(far)}`);
  await expect(verdict.getByText("Would say it does not know")).toBeVisible();
  await expect(page.getByText("Nothing is sent: the model is not asked.")).toBeVisible();
  await expect(fold).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await expectAccessible(page);
});

/** One section of several passages: sentences that only fill, and one a paragraph that answers. */
const section = ["at nine on most days", "at noon on Sundays", "at ten in winter"].map((when) =>
  `The museum opens ${when}. ${"Visitors leave their coats in the hall and walk up the wide stairs to the pictures. ".repeat(10)}`,
);

test("passages that follow one another are one source", async ({ page }) => {
  await enrol(page, { email: `neighbours-${process.pid}@example.org`, password });
  const collection = (await make(page, "/api/v1/collections", { name: "Museum", description: "" })).id;
  const source = await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" });
  await uploadAndRead(page, source.id, "museum.md", `# Hours\n\n${section.join("\n\n")}\n`);
  const settings = { name: "Guide", collections: [collection], retrieval: { threshold: 0 } };
  const assistant = (await make(page, "/api/v1/assistants", settings)).id;

  await open(page, `/data/${collection}/search?q=${encodeURIComponent("When does the museum open?")}&in=${assistant}`);
  const rows = page.getByRole("table", { name: "Where each passage stands" }).getByRole("row");
  await expect(rows.nth(1)).toContainText("yes, as source 1");
  await expect(rows.nth(2)).toContainText("yes, as source 1");
  await page.getByText("What the model would be given", { exact: true }).click();
  await expect(page.getByText("are given as one source")).toBeVisible();
  const given = page.getByRole("region", { name: "What the model would be given" });
  await expect(given).toContainText('number="1"');
  await expect(given).not.toContainText('number="2"');
  await expectAccessible(page);

  await open(page, `/chat?assistant=${assistant}`);
  await page.getByLabel("Ask a question").fill("When does the museum open on Sundays?");
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);
  await expect(answer).toContainText("at noon on Sundays");
  await expect(page.locator(".sources .source")).toHaveCount(1);
  await answer.locator("a.cite").first().click();
  const panel = page.getByRole("complementary", { name: "Sources" });
  await expect(panel.locator("mark", { hasText: "at noon on Sundays" })).toHaveCount(1);
  await expectAccessible(page);
});

test("retrieval is set for a collection and for an assistant", async ({ page }) => {
  await enrol(page, { email: `retrieval-set-${process.pid}@example.org`, password });
  await open(page, "/data");
  await page.getByRole("button", { name: "New collection" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Shop");
  await dialog.getByText("Retrieval", { exact: true }).click();
  const [asked, least] = [dialog.getByLabel("How much evidence an answer needs"), dialog.getByLabel("Least evidence")];
  await asked.selectOption({ label: "Strict" });
  await expect(least).toHaveValue("0.7");
  await least.fill("0.35");
  await expect(asked.locator("option:checked")).toHaveText("Own number");
  await asked.selectOption({ label: "As each assistant asks" });
  await expect(least).toHaveValue("");
  await dialog.getByLabel("Passages for the model").fill("21");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("Please enter a number from 1 to 20.")).toBeVisible();
  await dialog.getByLabel("Passages for the model").fill("4");
  await dialog.getByLabel("Language of the questions").selectOption("cs");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/data\/coll_/);
  const collection = page.url().split("/").pop();
  const stored = await (await page.request.get(`/api/v1/collections/${collection}`)).json();
  expect(stored.retrieval).toEqual({ passages: 4, language: "cs" });

  await open(page, "/assistants/new");
  await page.getByLabel("Name", { exact: true }).fill("Post");
  await page.getByLabel("Least evidence").fill("0.35");
  await page.getByLabel("Weight of words").fill("0.3");
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page).toHaveURL(/\/assistants\/asst_/);
  await expect(page.getByLabel("Least evidence")).toHaveValue("0.35");
  await expect(page.getByRole("button", { name: "Discard changes" })).toHaveCount(0);
  await page.getByLabel("Least evidence").fill("");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Discard changes" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByLabel("Least evidence")).toHaveValue("");
  await expect(page.getByLabel("Weight of words")).toHaveValue("0.3");
});
