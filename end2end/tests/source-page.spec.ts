// A source has its own page: what goes on, its pages, its crawls with their pages, questions about it, who sees it, its settings.
import type { Page } from "@playwright/test";
import { answerLeaving, expect, expectAccessible, test } from "../support/page";
import { make, open, register } from "../support/people";
import { pageOf, Site } from "../support/site";

const password = "a hammock between trees 1";
/** Pages are asked for with a pause between them. */
const reading = { timeout: 60_000 };

const site = new Site();

test.beforeAll(() => site.start());

test.afterAll(() => site.stop());

/** A collection with a website of four pages, of which one does not want to be found. */
async function addWebsite(page: Page, email: string): Promise<{ collection: string; source: string }> {
  site.pages = {
    "/": pageOf("Atelier Nord", ["/care.html", "/returns.html", "/secret.html"]),
    "/care.html": pageOf("Care"),
    "/returns.html": pageOf("Returns"),
    "/secret.html": pageOf("Secret", [], '<meta name="robots" content="noindex">'),
  };
  await register(page, { email, password });
  const collection = (await make(page, "/api/v1/collections", { name: "Our website", description: "" })).id;
  const website = { kind: "website", name: "Shop", start_url: `http://${site.host}/` };
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, website)).id;
  return { collection, source: `/data/${collection}/sources/${source}` };
}

const head = (page: Page) => page.locator(".page-header");
const tabs = (page: Page) => page.getByRole("navigation", { name: "Parts of the source" });
const side = (page: Page) => page.getByRole("complementary", { name: "How the source stands" });
const rows = (page: Page) => page.locator("tbody tr");

test("the page follows a reading, and lists what was read", async ({ page }) => {
  let release = () => {};
  site.gate = new Promise((resolve) => (release = resolve));
  const { collection, source } = await addWebsite(page, "source-pages@example.org");
  await open(page, `/data/${collection}`);
  await page.locator(".source-row").getByRole("link", { name: "Shop" }).click();
  await expect(page).toHaveURL(new RegExp(`${source}$`));
  await expect(page.getByRole("heading", { level: 1, name: "Shop" })).toBeVisible();
  await expect(side(page)).toContainText("Crawling now");
  await expect(side(page).getByRole("progressbar")).toBeVisible();
  await expect(side(page).getByRole("button", { name: "Stop" })).toBeVisible();
  await expectAccessible(page);
  release();
  await expect(head(page)).toContainText("Up to date", reading);
  await expect(side(page)).not.toContainText("Crawling now");
  await expect(side(page)).toContainText("Full crawl every day.");
  const figure = (name: string) => page.locator(".counts > div").filter({ hasText: name }).locator("dd").first();
  await expect(figure("Pages indexed")).toHaveText("3");
  await expect(figure("Failed or skipped")).toHaveText("1");
  await expect(rows(page)).toHaveCount(4);
  await expect(rows(page).filter({ hasText: "/secret.html" })).toContainText("Skipped");
  // What each page answered is there to be read, and not only under the pointer.
  for (const path of ["/care.html", "/returns.html", "/secret.html"]) {
    await expect(rows(page).filter({ hasText: path })).toContainText("HTTP 200");
    await expect(rows(page).filter({ hasText: path }).locator("time").first()).toBeVisible();
  }
  await expectAccessible(page);

  // Search, filters and order stand in the address.
  await page.getByRole("searchbox", { name: "Search documents" }).fill("returns");
  await expect(page).toHaveURL(/[?&]q=returns/);
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Search documents" }).fill("");
  await expect(rows(page)).toHaveCount(4);
  await page.getByRole("combobox", { name: "State" }).selectOption({ label: "Skipped" });
  await expect(page).toHaveURL(/[?&]state=skipped/);
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("combobox", { name: "State" }).selectOption({ label: "All states" });
  await page.getByRole("combobox", { name: "Order" }).selectOption({ label: "By address or name" });
  await expect(page).toHaveURL(/[?&]sort=location/);
  await expect(rows(page).nth(1)).toContainText("/care.html");
  await expect(rows(page).nth(2).getByTitle(`http://${site.host}/returns.html`)).toHaveText("/returns.html");
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(rows(page).nth(2)).toContainText("/returns.html");
  await expect(page.getByRole("combobox", { name: "Order" })).toHaveValue("location");

  // On a phone, what goes on stands above the list, and nothing sticks out.
  await page.setViewportSize({ width: 390, height: 844 });
  const top = async (what: ReturnType<typeof side>) => (await what.boundingBox())?.y ?? 0;
  expect(await top(side(page))).toBeLessThan(await top(page.locator(".table-wrap")));
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await rows(page).filter({ hasText: "/returns.html" }).getByRole("link", { name: "Returns" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Returns" })).toBeVisible();
});

test("a crawl tells what became of each page", async ({ page }) => {
  site.gate = Promise.resolve();
  const { source } = await addWebsite(page, "source-crawls@example.org");
  await open(page, source);
  await expect(head(page)).toContainText("Up to date", reading);
  site.pages["/care.html"] = pageOf("Care", ["/knots.html"]);
  site.pages["/knots.html"] = pageOf("Knots");
  await page.getByRole("button", { name: "Read again" }).click();
  await expect(page.locator(".counts > div").filter({ hasText: "Pages indexed" }).locator("dd").first()).toHaveText("4", reading);
  await expect(head(page)).toContainText("Up to date", reading);

  await tabs(page).getByRole("link", { name: "Crawls" }).click();
  await expect(tabs(page).getByRole("link", { name: "Crawls" })).toHaveAttribute("aria-current", "page");
  await expect(page.locator(".crawl")).toHaveCount(2);
  await expectAccessible(page);
  // A number leads to the pages that it counts.
  const added = page.locator(".crawl").first().locator(".crawl-numbers > div").filter({ hasText: "Added" });
  await added.getByRole("link", { name: "1" }).click();
  await expect(page).toHaveURL(/crawl=crawl_[^&]+&outcome=added$/);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("/knots.html");
  await expect(rows(page)).toContainText("HTTP 200");
  await expect(page.getByRole("combobox", { name: "Outcome" })).toHaveValue("added");
  await expectAccessible(page);
  await page.getByRole("combobox", { name: "Outcome" }).selectOption({ label: "Skipped" });
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("/secret.html");
  await page.getByRole("searchbox", { name: "Search pages" }).fill("nothing-like-it");
  await expect(page.getByRole("heading", { name: "Nothing found" })).toBeVisible();
  await page.getByRole("link", { name: "Show everything" }).click();
  await expect(rows(page)).toHaveCount(5);
  await page.getByRole("link", { name: "All crawls" }).click();
  await expect(page.locator(".crawl")).toHaveCount(2);
  await page.goBack();
  await expect(rows(page)).toHaveCount(5);
});

test("a reading is stopped, and goes on where it was", async ({ page }) => {
  let release = () => {};
  site.gate = new Promise((resolve) => (release = resolve));
  site.asked = [];
  const { source } = await addWebsite(page, "source-stopped@example.org");
  await open(page, source);
  // In the middle: the start page was read, and another one does not answer.
  await expect.poll(() => site.asked.includes("/care.html"), reading).toBe(true);
  await side(page).getByRole("button", { name: "Stop" }).click();
  await expect(side(page)).not.toContainText("Crawling now", reading);
  // The button that was pressed has gone with the work.
  await expect(page.locator("main")).toBeFocused();
  await expect(rows(page)).toHaveCount(1);
  await tabs(page).getByRole("link", { name: "Crawls" }).click();
  await expect(page.locator(".crawl")).toHaveCount(1);
  await expect(page.locator(".crawl")).toContainText("Stopped");
  await expectAccessible(page);

  release();
  await page.getByRole("button", { name: "Continue reading" }).click();
  await expect(page.locator(".crawl")).toContainText("Complete", reading);
  await expect(page.locator(".crawl")).toHaveCount(1);
  await expect(page.locator(".crawl-numbers > div").filter({ hasText: "Added" })).toHaveText("Added3");
  await expect(page.getByRole("button", { name: "Read again" })).toBeVisible();
  await tabs(page).getByRole("link", { name: "Pages" }).click();
  await expect(rows(page)).toHaveCount(4);
  expect(site.asked.filter((path) => path === "/")).toHaveLength(1);
});

test("its settings are saved or discarded, and leaving asks", async ({ page }) => {
  site.gate = Promise.resolve();
  const { source } = await addWebsite(page, "source-settings@example.org");
  await open(page, `${source}/settings`);
  await expect(head(page)).toContainText("Up to date", reading);
  const name = page.getByLabel("Name", { exact: true });
  const save = page.getByRole("button", { name: "Save" });
  await expect(name).toHaveValue("Shop");
  await expect(save).toHaveCount(0);
  await name.fill("Our shop");
  await expectAccessible(page);
  await tabs(page).getByRole("link", { name: "Pages" }).click();
  await answerLeaving(page, "Cancel");
  await expect(name).toHaveValue("Our shop");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(name).toHaveValue("Shop");
  await expect(save).toHaveCount(0);
  // The button that had the focus is gone.
  await expect(page.locator("main")).toBeFocused();

  // What the server refuses is said at the field, and stays there to be mended.
  const address = page.locator("[name=start_url]");
  await address.fill("our website");
  await save.click();
  await expect(page.locator(".field-error")).toHaveText("This is not a web address. Such an address begins with https:// or http://.");
  await expect(address).toHaveValue("our website");
  await address.fill(`http://${site.host}/`);
  await name.fill("Our shop");
  await page.getByLabel(/^Description/).fill("What we sell, and for how much.");
  await save.click();
  await expect(page.getByRole("heading", { level: 1, name: "Our shop" })).toBeVisible();
  await expect(page.getByText("What we sell, and for how much.", { exact: true }).first()).toBeVisible();
  await expect(save).toHaveCount(0);
  await tabs(page).getByRole("link", { name: "Pages" }).click();
  await expect(page).toHaveURL(new RegExp(`${source}$`));
  await page.goBack();
  await expect(name).toHaveValue("Our shop");

  // What is typed while it is being saved is not saved yet, and stays.
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/fn/knowledge/update_source", (route) => held.then(() => route.continue()), { times: 1 });
  await name.fill("The shop");
  await save.click();
  await name.fill("The very shop");
  release();
  await expect(page.getByRole("heading", { level: 1, name: "The shop", exact: true })).toBeVisible();
  await expect(name).toHaveValue("The very shop");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(name).toHaveValue("The shop");
});

test("questions about it and who sees it stand beside its pages, and deleting says what goes", async ({ page }) => {
  site.gate = Promise.resolve();
  const { collection, source } = await addWebsite(page, "source-questions@example.org");
  await open(page, `${source}/questions`);
  await expect(page.getByRole("heading", { name: "No questions about this source" })).toBeVisible();
  await expectAccessible(page);
  await expect(head(page)).toContainText("Up to date", reading);
  const expected = [{ location: `http://${site.host}/returns.html` }];
  await make(page, `/api/v1/collections/${collection}/evaluation/questions`, { question: "How do I send it back?", expected });
  await open(page, `${source}/questions`);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText("How do I send it back?");
  await expect(rows(page).getByRole("link", { name: "Returns" })).toBeVisible();
  await expectAccessible(page);

  await tabs(page).getByRole("link", { name: "Access" }).click();
  await expect(page.getByText("Made it")).toBeVisible();
  await expectAccessible(page);

  await make(page, "/api/v1/assistants", { name: "Shop help", collections: [collection] });
  await open(page, source);
  await page.locator(".page-actions").getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const question = page.getByRole("dialog", { name: "Delete Shop?" });
  await expect(question).toContainText("3 documents");
  await expect(question).toContainText("Shop help");
  await expectAccessible(page);
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(new RegExp(`/data/${collection}$`));
  await expect(page.getByText("No sources yet")).toBeVisible();

  // The question is the collection's, and goes with that.
  await open(page, "/data");
  await page.getByRole("row", { name: /Our website/ }).getByRole("button").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const collections = page.getByRole("dialog");
  await expect(collections).toContainText("0 sources, 0 documents, 1 question for evaluation with its results.");
  await expectAccessible(page);
});

test("a page is left out, and taken in again", async ({ page }) => {
  site.gate = Promise.resolve();
  const { source } = await addWebsite(page, "source-left-out@example.org");
  await open(page, source);
  await expect(head(page)).toContainText("Up to date", reading);
  const care = rows(page).filter({ hasText: "/care.html" });
  await care.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Leave out" }).click();
  await expect(page.getByText("/care.html is left out, also of the next readings.")).toBeVisible();
  await expect(care).toHaveCount(0);
  await expectAccessible(page);
  const id = source.split("/").pop();
  const stored = async () => (await (await page.request.get(`/api/v1/sources/${id}`)).json()).exclude;
  expect(await stored()).toEqual(["/care.html"]);
  // The way back reads the website again.
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.locator("main")).toBeFocused();
  await expect(care).toHaveCount(1, reading);
  expect(await stored()).toEqual([]);
});
