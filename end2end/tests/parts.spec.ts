// Pages whose code is loaded when they are first opened: they work by their address and from another page, and when the
// code does not arrive the person is told and loses nothing.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { register } from "../support/people";

const password = "a hammock between trees 1";
const knowledge = "**/pkg/*/split_knowledge.wasm";

/** The names of the code that the page has asked for so far. */
function codeOf(page: Page): string[] {
  const names: string[] = [];
  page.on("request", (request) => {
    const name = new URL(request.url()).pathname.split("/").at(-1) ?? "";
    if (name.endsWith(".wasm")) names.push(name);
  });
  return names;
}

/** What the failure under test logs is taken off the list of complaints; anything else stays there. */
function expectFailedLoad(complaints: string[]) {
  const others = complaints.splice(0).filter((text) => !/failed to fetch/i.test(text));
  expect(others).toEqual([]);
}

test("the chat needs its own code alone, another page its part when it is opened", async ({ page }) => {
  await register(page, { email: "parts-link@example.org", password });
  // A part that never comes does not keep the chat from being live.
  let asked = 0;
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  await page.route(knowledge, async (route) => {
    asked += 1;
    await answered;
    await route.continue();
  });
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(page.getByLabel("Ask a question")).toBeVisible();

  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect.poll(() => asked).toBeGreaterThan(0);
  await expect(page.getByLabel("Ask a question")).toBeVisible();
  await expect(page.locator("html[data-loading]")).toHaveCount(1);
  answer();
  await expect(page.getByRole("heading", { level: 1, name: "Data" })).toBeVisible();
  await expect(page.locator("html[data-loading]")).toHaveCount(0);
  await expect(page).toHaveURL(/\/data$/);
});

test("the other parts are fetched when nothing else is to do, so that a later visit needs no network", async ({ page }) => {
  const names = codeOf(page);
  await register(page, { email: "parts-later@example.org", password });
  expect(names[0]).toBe("hammock_bg.wasm");
  for (const part of ["assistants", "knowledge", "evaluation", "settings"]) {
    await expect.poll(() => names).toContain(`split_${part}.wasm`);
  }
});

test("each page of a part becomes live by its address", async ({ page }) => {
  await register(page, { email: "parts-address@example.org", password });
  const names = codeOf(page);
  await page.goto("/data");
  await page.locator("html[data-live]").waitFor();
  expect(names).toContain("split_knowledge.wasm");
  await page.getByRole("button", { name: "New collection" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();

  await page.goto("/assistants");
  await page.locator("html[data-live]").waitFor();
  await page.getByRole("link", { name: "General Assistant" }).first().click();
  await expect(page).toHaveURL(/\/assistants\/asst_/);
  for (const path of ["/assistants/new", "/connections", "/feedback", "/account", "/organisation", "/users", "/keys", "/help"]) {
    await page.goto(path);
    await page.locator("html[data-live]").waitFor();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
});

test("a part that does not arrive is told, what was typed stays, and trying again opens the page", async ({
  page,
  complaints,
}) => {
  await register(page, { email: "parts-retry@example.org", password });
  await page.route(knowledge, (route) => route.abort());
  await page.getByLabel("Ask a question").fill("half a question");
  const link = page.getByRole("link", { name: "Data", exact: true });
  await link.click();
  const notice = page.getByRole("alert").filter({ hasText: "This part of Hammock could not be loaded" });
  await expect(notice).toBeVisible();
  await expect(page.getByLabel("Ask a question")).toHaveValue("half a question");
  await expectAccessible(page);

  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(notice).toBeVisible();
  await page.unroute(knowledge);
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Data" })).toBeVisible();
  await expect(page).toHaveURL(/\/data$/);
  await expect(notice).toBeHidden();
  expectFailedLoad(complaints);
});

test("someone who does not want to wait for a part goes elsewhere", async ({ page, complaints }) => {
  await register(page, { email: "parts-elsewhere@example.org", password });
  await page.route(knowledge, (route) => route.abort());
  await page.getByRole("link", { name: "Data", exact: true }).click();
  const notice = page.getByRole("alert").filter({ hasText: "This part of Hammock could not be loaded" });
  await expect(notice).toBeVisible();
  await page.getByRole("link", { name: "Users" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Users" })).toBeVisible();
  await expect(notice).toBeHidden();
  expectFailedLoad(complaints);
});

test("a page opened by its address can be read without its part, and becomes live when it arrives", async ({
  page,
  complaints,
}) => {
  await register(page, { email: "parts-late@example.org", password });
  await page.route(knowledge, (route) => route.abort());
  await page.goto("/data");
  await expect(page.getByRole("heading", { level: 1, name: "Data" })).toBeVisible();
  const notice = page.getByRole("alert").filter({ hasText: "This part of Hammock could not be loaded" });
  await expect(notice).toBeVisible();
  await expect(page.locator("html[data-live]")).toHaveCount(0);
  await page.unroute(knowledge);
  await notice.getByRole("button", { name: "Try again" }).click();
  await page.locator("html[data-live]").waitFor();
  await expect(notice).toBeHidden();
  await page.getByRole("button", { name: "New collection" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expectFailedLoad(complaints);
});

test("a page that cannot be started says so in its language", async ({ page, complaints }) => {
  await register(page, { email: "parts-start@example.org", password });
  const start = "**/pkg/*/hammock_bg.wasm";
  await page.route(start, (route) => route.abort());
  await page.reload();
  const notice = page.getByRole("alert").filter({ hasText: "Hammock could not be started" });
  await expect(notice).toBeVisible();
  await expectAccessible(page);
  await page.unroute(start);
  await notice.getByRole("button", { name: "Reload the page" }).click();
  await page.locator("html[data-live]").waitFor();
  await expect(notice).toBeHidden();
  expectFailedLoad(complaints);
});

test("a file of another build is missing, short and clear", async ({ request }) => {
  const answer = await request.get("/pkg/0123456789abcdef/hammock_bg.wasm");
  expect(answer.status()).toBe(404);
  expect(answer.headers()["cache-control"]).toBe("no-store");
  const known = await (await request.get("/pkg/interface.json")).json();
  const code = await request.get(`/${known.folder}/hammock_bg.wasm`);
  expect(code.headers()["cache-control"]).toContain("immutable");
  expect(code.headers()["content-type"]).toBe("application/wasm");
});
