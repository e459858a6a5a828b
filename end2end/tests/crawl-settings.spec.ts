// A website is read as its settings say; these can be changed, it is read again, and its history tells of each time.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";
import { pageOf, Site } from "../support/site";

const password = "a hammock between trees 1";
/** Pages are asked for with a pause between them. */
const reading = { timeout: 30_000 };

const site = new Site();

test.beforeAll(() => site.start());

test.beforeEach(() => {
  site.asked = [];
});

test.afterAll(() => site.stop());

async function openCollection(page: Page, email: string): Promise<string> {
  await enrol(page, { email, password });
  const { id } = await make(page, "/api/v1/collections", { name: "Our website", description: "" });
  await open(page, `/data/${id}`);
  return id;
}

const row = (page: Page) => page.locator(".source-row");
const dialog = (page: Page) => page.getByRole("dialog");

async function choose(page: Page, item: string) {
  await row(page).getByRole("button", { name: /^Actions for/ }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** Adds the website of twelve pages to a new collection, and waits until it is read. */
async function readTwelvePages(page: Page, email: string) {
  await openCollection(page, email);
  await page.getByRole("button", { name: "Add data source" }).first().click();
  await dialog(page).locator("[name=start_url]").fill(`http://${site.host}/`);
  await dialog(page).locator("[name=name]").fill("Shop");
  await dialog(page).getByRole("button", { name: "Add data source" }).click();
  await expect(row(page)).toContainText("Up to date", reading);
  await expect(row(page)).toContainText("12 documents");
}

/** Opens the page of the source, and one of its tabs. */
async function openTab(page: Page, tab: string) {
  if (!new URL(page.url()).pathname.includes("/sources/")) await row(page).getByRole("link", { name: "Shop" }).click();
  await page.getByRole("navigation", { name: "Parts of the source" }).getByRole("link", { name: tab }).click();
}

/** A number of the source's page. */
const figure = (page: Page, name: string) => page.locator(".counts > div").filter({ hasText: name });

/** What a crawl of the history says about pages. */
const counted = (page: Page, crawl: number, what: string) =>
  page.locator(".crawl").nth(crawl).locator(".crawl-numbers > div").filter({ hasText: what });

test("a website is read as its settings say, and its history tells of each time", async ({ page }) => {
  site.pages = {
    "/": pageOf("Atelier Nord", ["/returns.html", "/care.html", "/old/prices.html"]),
    "/returns.html": pageOf("Returns"),
    "/care.html": pageOf("Care", ["/deep.html"]),
    "/deep.html": pageOf("Knots"),
    "/old/prices.html": pageOf("Prices of 2019"),
  };
  const collection = await openCollection(page, "crawl-settings@example.org");
  await page.getByRole("button", { name: "Add data source" }).first().click();
  await dialog(page).locator("[name=start_url]").fill(`http://${site.host}/`);
  await dialog(page).locator("[name=name]").fill("Shop");
  const exclude = dialog(page).locator("[name=exclude]");
  const depth = dialog(page).locator("[name=max_depth]");
  await expect(exclude).toBeHidden();
  await dialog(page).getByText("More settings").click();
  await expect(exclude).toBeVisible();
  await exclude.fill("/old/*\n\n");
  await depth.fill("1");
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Add data source" }).click();
  await expect(dialog(page)).toBeHidden();

  await expect(row(page)).toContainText("Up to date", reading);
  await expect(row(page)).toContainText("3 documents");
  await expect(row(page)).toContainText(/next reading in 24/);
  await expect(page.getByRole("row").filter({ hasText: "Returns" })).toBeVisible();
  expect(site.asked).toContain("/care.html");
  expect(site.asked).not.toContain("/old/prices.html");
  expect(site.asked).not.toContain("/deep.html");

  // What was saved is filled in, and what differs from most websites is not folded away.
  await openTab(page, "Settings");
  const form = page.locator("form.source-settings");
  const excluded = form.locator("[name=exclude]");
  const links = form.locator("[name=max_depth]");
  await expect(form.locator("[name=start_url]")).toHaveValue(`http://${site.host}/`);
  await expect(excluded).toBeVisible();
  await expect(excluded).toHaveValue("/old/*");
  await expect(links).toHaveValue("1");
  await expect(form.getByRole("button", { name: "Save" })).toHaveCount(0);
  await links.fill("200");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.locator(".field-error")).toHaveText("Please enter a number from 0 to 100.");
  await expect(links).toBeFocused();
  await links.fill("2");
  await form.locator("[name=schedule]").selectOption({ label: "Every 6 hours" });
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved. It counts from the next reading on.")).toBeVisible();
  await expect(form.getByRole("button", { name: "Save" })).toHaveCount(0);
  const side = page.getByRole("complementary", { name: "How the source stands" });
  await expect(side).toContainText("Full crawl every 6 hours.");
  await expect(side).toContainText(/Next full crawl: in 6/);
  await expectAccessible(page);
  expect(site.asked).not.toContain("/deep.html");
  await page.getByRole("button", { name: "Read again now" }).click();
  await openTab(page, "Pages");
  await expect(figure(page, "Pages indexed").locator("dd").first()).toHaveText("4", reading);
  await expect(page.locator(".page-header")).toContainText("Up to date", reading);
  expect(site.asked).not.toContain("/old/prices.html");

  await openTab(page, "Crawls");
  await expect(page).toHaveURL(/\/sources\/src_[^/]+\/crawls$/);
  await expect(page.locator(".crawl")).toHaveCount(2);
  for (const crawl of [0, 1]) {
    await expect(page.locator(".crawl").nth(crawl)).toContainText("Complete");
    await expect(page.locator(".crawl").nth(crawl)).toContainText("Started by hand");
  }
  await expect(counted(page, 0, "Added")).toHaveText("Added1");
  await expect(counted(page, 0, "Unchanged")).toHaveText("Unchanged3");
  await expect(counted(page, 1, "Added")).toHaveText("Added3");
  await expectAccessible(page);
  // The address leads to it, also on a phone.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(page.locator(".crawl")).toHaveCount(2);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.locator("main").getByRole("link", { name: "Our website" }).click();
  await expect(page).toHaveURL(new RegExp(`/data/${collection}$`));

  // Of each page is told what it answered and when.
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(page.getByRole("cell", { name: /Ready|Preparing/ }).first()).toHaveAttribute("title", /^HTTP 200 · Checked 20/);
  await page.getByRole("link", { name: "Returns" }).click();
  await expect(page.locator(".document-facts")).toContainText("HTTP 200");
  await expect(page.locator(".document-facts")).toContainText("Checked");
});

test("a website is read at set times", async ({ page }) => {
  site.pages = { "/": pageOf("Atelier Nord") };
  await openCollection(page, "crawl-times@example.org");
  await page.getByRole("button", { name: "Add data source" }).first().click();
  await dialog(page).locator("[name=start_url]").fill(`http://${site.host}/`);
  await dialog(page).locator("[name=name]").fill("Shop");
  const times = dialog(page).locator("[name=expression]");
  const zone = dialog(page).locator("[name=time_zone]");
  await expect(times).toBeHidden();
  await dialog(page).locator("[name=schedule]").selectOption({ label: "At set times" });
  await expect(times).toHaveValue("0 3 * * *");
  await expect(zone).not.toHaveValue("");
  await times.fill("0 25 * * *");
  await zone.fill("Europe/Prague");
  await dialog(page).getByRole("button", { name: "Add data source" }).click();
  await expect(dialog(page).locator(".field-error")).toContainText("“25” is not understood.");
  await expect(times).toBeFocused();
  await expectAccessible(page);
  await times.fill("30 6 * * 1-5");
  await dialog(page).getByRole("button", { name: "Add data source" }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(row(page)).toContainText("Up to date", reading);
  await expect(row(page)).toContainText(/next reading/);

  await openTab(page, "Settings");
  const form = page.locator("form.source-settings");
  await expect(form.locator("[name=schedule]")).toHaveValue("cron");
  await expect(form.locator("[name=expression]")).toHaveValue("30 6 * * 1-5");
  await expect(form.locator("[name=time_zone]")).toHaveValue("Europe/Prague");
  const side = page.getByRole("complementary", { name: "How the source stands" });
  await expect(side).toContainText("Sitemap watched hourly. Full crawl from Monday to Friday at 06:30 (Prague).");
  const watch = form.getByRole("switch", { name: /^Watch the sitemap/ });
  await expect(watch).toBeHidden();
  await form.getByText("More settings").click();
  await expect(watch).toBeChecked();
  // By keyboard, and on a phone.
  await watch.press("Space");
  await expect(watch).not.toBeChecked();
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("button", { name: "Save" })).toHaveCount(0);
  await expect(side).not.toContainText("Sitemap watched");
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(watch).toBeVisible();
  await expect(watch).not.toBeChecked();
});

test("a fault in what is folded away is unfolded", async ({ page }) => {
  await openCollection(page, "crawl-fault@example.org");
  await page.getByRole("button", { name: "Add data source" }).first().click();
  await dialog(page).locator("[name=start_url]").fill(`http://${site.host}/`);
  await dialog(page).getByText("More settings").click();
  const more = dialog(page).locator("[name=more_urls]");
  await more.fill("https://elsewhere.example/news");
  await dialog(page).getByText("More settings").click();
  await expect(more).toBeHidden();
  await dialog(page).getByRole("button", { name: "Add data source" }).click();
  await expect(dialog(page).locator(".field-error")).toContainText("all of the same host as the start address");
  await expect(more).toBeFocused();
  await expectAccessible(page);
});

test("a reading that finds far less is held back until it is accepted", async ({ page }) => {
  const names = Array.from({ length: 11 }, (_, number) => `/page-${number}.html`);
  site.pages = { "/": pageOf("Everything", names) };
  for (const name of names) site.pages[name] = pageOf(`Part ${name}`);
  await readTwelvePages(page, "crawl-held@example.org");

  site.pages = {
    "/": pageOf("Everything", [names[0], "/new.html"]),
    [names[0]]: site.pages[names[0]],
    "/new.html": pageOf("Offers"),
  };
  await choose(page, "Read again");
  await expect(row(page)).toContainText("Held back", reading);
  await expect(row(page)).toContainText("Far fewer pages were found than the last time: 3.");
  await expect(row(page)).toContainText("12 documents");
  await expectAccessible(page);

  await row(page).getByRole("link", { name: "Shop" }).click();
  const side = page.getByRole("complementary", { name: "How the source stands" });
  await expect(side).toContainText("Held back");
  await expect(side.getByRole("button", { name: "Read again" })).toBeVisible();
  await expectAccessible(page);
  // Before it is accepted, the pages that would go can be looked at.
  await side.getByRole("link", { name: "Compare" }).click();
  await expect(counted(page, 0, "Not found")).toHaveText("Not found10");
  // So can what is new, which answers nobody yet.
  await expect(counted(page, 0, "New, waiting to be accepted")).toHaveText("New, waiting to be accepted1");
  await openTab(page, "Pages");
  await expect(page.getByRole("row", { name: /new\.html/ })).toContainText("Not answering yet");
  await expectAccessible(page);
  await openTab(page, "Crawls");
  await side.getByRole("button", { name: "Accept" }).click();
  const question = page.getByRole("dialog", { name: "Accept the last reading of Shop?" });
  await expect(question).toContainText("10 pages");
  await expectAccessible(page);
  await question.getByRole("button", { name: "Accept" }).click();
  await expect(question).toBeHidden();
  await expect(page.locator(".page-header")).toContainText("Up to date");
  await expect(page.locator("main")).toBeFocused();
  await expect(counted(page, 0, "Removed")).toHaveText("Removed10");
  await openTab(page, "Pages");
  await expect(figure(page, "Pages indexed").locator("dd").first()).toHaveText("3");
  await expect(page.getByRole("row", { name: /Offers/ })).toContainText("Ready", reading);
});

test("a reading that is held back is rejected, and all is as before", async ({ page }) => {
  const names = Array.from({ length: 11 }, (_, number) => `/page-${number}.html`);
  site.pages = { "/": pageOf("Everything", names) };
  for (const name of names) site.pages[name] = pageOf(`Part ${name}`);
  await readTwelvePages(page, "crawl-rejected@example.org");

  site.pages = { "/": pageOf("Everything", ["/new.html"]), "/new.html": pageOf("Offers") };
  await choose(page, "Read again");
  await expect(row(page)).toContainText("Held back", reading);
  await openTab(page, "Crawls");
  const side = page.getByRole("complementary", { name: "How the source stands" });
  await side.getByRole("button", { name: "Reject" }).click();
  const question = page.getByRole("dialog", { name: "Reject the last reading of Shop?" });
  await expect(question).toContainText("What answered before goes on answering, and what waited is dropped.");
  await expectAccessible(page);
  // Nothing is done before it is confirmed.
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(side.getByRole("button", { name: "Reject" })).toBeFocused();
  await expect(counted(page, 0, "New, waiting to be accepted")).toHaveText("New, waiting to be accepted1");
  await side.getByRole("button", { name: "Reject" }).click();
  await question.getByRole("button", { name: "Reject" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByText("What waited is dropped. What answered before goes on answering.")).toBeVisible();
  await expect(page.locator("main")).toBeFocused();
  await expect(side.getByRole("button", { name: "Reject" })).toHaveCount(0);
  await expect(page.locator(".crawl").first()).toContainText("Rejected");
  await expect(counted(page, 0, "New, not taken over")).toHaveText("New, not taken over1");
  await expect(counted(page, 0, "Not found")).toHaveText("Not found11");
  await expectAccessible(page);
  await counted(page, 0, "New, not taken over").getByRole("link").click();
  await expect(page.getByRole("row", { name: /new\.html/ })).toContainText("New, not taken over");

  await openTab(page, "Pages");
  await expect(figure(page, "Pages indexed").locator("dd").first()).toHaveText("12");
  await expect(page.getByRole("row", { name: /new\.html/ })).toHaveCount(0);

  // Nothing has changed there: the next reading finds the same, and is held back again.
  await page.locator(".page-header").getByRole("button", { name: "Read again" }).click();
  await expect(page.locator(".page-header")).toContainText("Held back", reading);
});

test("a reading whose pages say hardly anything is held back until it is accepted", async ({ page }) => {
  const names = Array.from({ length: 11 }, (_, number) => `/page-${number}.html`);
  const story = (name: string) => Array.from({ length: 20 }, (_, line) => `Line ${line} of ${name} tells a story.`).join(" ");
  const read: Record<string, string> = { "/": pageOf("Everything", names) };
  site.pages = read;
  for (const name of names) site.pages[name] = pageOf(`Part ${name}`).replace("</main>", `<p>${story(name)}</p></main>`);
  site.pages["/"] = site.pages["/"].replace("</main>", `<p>${story("everything")}</p></main>`);
  await readTwelvePages(page, "crawl-notice@example.org");

  const notice = (name: string) => `<!doctype html><html lang="en"><title>Back soon</title><main><p>${name} is being repaired.</p></main></html>`;
  site.pages = Object.fromEntries(Object.keys(read).map((name) => [name, notice(name)]));
  await choose(page, "Read again");
  await expect(row(page)).toContainText("Held back", reading);
  await expect(row(page)).toContainText("12 of 12 pages say far less than the last time");
  await expect(row(page)).toContainText("12 documents");
  await expectAccessible(page);

  await row(page).getByRole("link", { name: "Shop" }).click();
  const side = page.getByRole("complementary", { name: "How the source stands" });
  await side.getByRole("button", { name: "Accept" }).click();
  const question = page.getByRole("dialog", { name: "Accept the last reading of Shop?" });
  await expect(question).toContainText("Its pages answer with what they say now");
  await expectAccessible(page);
  await question.getByRole("button", { name: "Accept" }).click();
  await expect(question).toBeHidden();
  await expect(page.getByText("The pages answer with what they say now.")).toBeVisible();
  await expect(page.locator(".page-header")).toContainText("Up to date");
  await openTab(page, "Pages");
  await expect(page.getByRole("link", { name: "Back soon" }).first()).toBeVisible();
});
