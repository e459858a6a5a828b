// The newcomer's path: register, ask, read a cited answer, open the source, add knowledge of one's own, ask about that.
import type { Page } from "@playwright/test";
import { answered, expect, expectAccessible, tabTo, test } from "../support/page";
import { atelier, Site } from "../support/site";

const question = "How do I put the chat on my website?";

async function register(page: Page, email: string) {
  await page.goto("/register");
  await page.getByLabel("First name").fill("Nora");
  await page.getByLabel("Last name").fill("Newcomer");
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill("a hammock between trees 1");
  await page.getByLabel("Password once more").fill("a hammock between trees 1");
  await page.getByLabel(/I accept the/).check();
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.locator("html[data-live]").waitFor();
}

test("a newcomer reads a cited answer and opens the cited passage", async ({ page }) => {
  await register(page, "newcomer@example.org");
  await expect(page.getByRole("heading", { name: "How can I help?" })).toBeVisible();
  // Their organisation has their name, which is said once.
  await expect(page.locator(".me-button .who")).toHaveText(/^Nora Newcomer\s*Owner$/);
  await expectAccessible(page);

  await page.getByRole("button", { name: question }).click();
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);
  await expect(answer).toContainText("snippet");
  await expect(page).toHaveURL(/\/chat\/conv_/);
  await expectAccessible(page);

  await answer.locator("a.cite").first().click();
  const panel = page.getByRole("complementary", { name: "Sources" });
  // A mark is made of pieces where the text is formatted.
  await expect(panel.locator("mark").first()).toContainText("put the chat on your website");
  await expect(panel.locator("mark").first()).toBeInViewport();
  // The document is shown as it looks, and what the answer does not rest on is not marked.
  await expect(panel.getByRole("heading", { name: "Put the chat on your website" })).toHaveCount(1);
  await expect(panel.locator(":is(h3, h4, h5) mark")).toHaveCount(0);
  await expect(panel.locator(".source-text")).not.toContainText("##");
  await expectAccessible(page);

  await page.reload();
  await expect(page.getByRole("article", { name: "Answer" })).toContainText("snippet");
  // What the server rendered and what the live page says are the same.
  const input = page.getByLabel("Ask a question");
  await expect(input).toHaveAttribute("placeholder", "Ask a follow-up…");
  await page.locator("html[data-live]").waitFor();
  await expect(input).toHaveAttribute("placeholder", "Ask a follow-up…");
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(input).toHaveAttribute("placeholder", "Ask a question");
});

test("what the sources do not hold is not answered", async ({ page }) => {
  await register(page, "doubter@example.org");
  await page.getByLabel("Ask a question").fill("Which enzyme repairs double strand breaks in mitochondrial DNA?");
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" });
  await expect(answer).toContainText("I do not find this in the sources.");
  await answered(answer);

  // What the sources do cover is asked about by a click: the question is put into the input, nothing is sent.
  const input = page.getByLabel("Ask a question");
  const topic = answer.getByRole("list", { name: "Ask about one of these" }).getByRole("button").first();
  const name = (await topic.textContent()) ?? "";
  expect(name).not.toBe("");
  await input.fill("Or else");
  await topic.click();
  await expect(input).toHaveValue(`Or else\nTell me more about “${name}”.`);
  await expect(input).toBeFocused();
  await expect(page.getByRole("article", { name: "Answer" })).toHaveCount(1);
  await expectAccessible(page);
  await page.reload();
  await expect(answer.getByRole("button", { name, exact: true })).toBeVisible();
});

/** Registers with the keyboard alone: nothing is filled in, pressed or given the focus by the test. */
async function registerByKeyboard(page: Page, email: string) {
  await page.goto("/register");
  const first = page.getByLabel("First name");
  await expect(first).toBeFocused();
  await page.keyboard.type("Nora");
  for (const [label, typed] of [
    ["Last name", "Newcomer"],
    ["E-mail", email],
    ["Password", "a hammock between trees 1"],
    ["Password once more", "a hammock between trees 1"],
  ]) {
    const field = page.getByLabel(label, { exact: true });
    await tabTo(page, field);
    await page.keyboard.type(typed);
    await expect(field).toHaveValue(typed);
  }
  const terms = page.getByLabel(/I accept the/);
  await tabTo(page, terms);
  await page.keyboard.press("Space");
  await expect(terms).toBeChecked();
  await tabTo(page, page.getByRole("button", { name: "Create an account" }));
  await page.keyboard.press("Enter");
  await page.locator("html[data-live]").waitFor();
}

test("the same walk with the keyboard alone", async ({ page }) => {
  await registerByKeyboard(page, "keyboard@example.org");
  await expect(page.getByLabel("Ask a question")).toBeFocused();
  await page.keyboard.type(question);
  await page.keyboard.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);
  await tabTo(page, answer.locator("a.cite").first(), "Shift+Tab");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Sources" });
  await expect(panel.locator("mark").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(answer.locator("a.cite").first()).toBeFocused();
  // The same from the list of sources, by the panel's own button.
  const source = answer.getByRole("group", { name: "Sources" }).getByRole("button").first();
  await tabTo(page, source);
  await page.keyboard.press("Enter");
  await expect(panel.locator("mark").first()).toBeFocused();
  await tabTo(page, panel.getByRole("button", { name: "Close the source" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(panel).toBeHidden();
  await expect(source).toBeFocused();
});

test.describe("a website of one's own", () => {
  const site = new Site();

  test.beforeAll(async () => {
    site.pages = atelier();
    await site.start();
  });

  test.afterAll(() => site.stop());

  test("is crawled and asked", async ({ page }) => {
    await register(page, "crawler@example.org");
    const headers = { origin: new URL(page.url()).origin };
    const made = await page.request.post("/api/v1/collections", { headers, data: { name: "Our website", description: "" } });
    expect(made.status(), await made.text()).toBe(201);
    const collection = (await made.json()).id;
    const source = await page.request.post(`/api/v1/collections/${collection}/sources`, {
      headers,
      data: { kind: "website", start_url: `http://${site.host}/` },
    });
    expect(source.status(), await source.text()).toBe(201);

    await page.goto(`/data/${collection}`);
    await expect(page.getByText("Returns", { exact: true }).first()).toBeVisible({ timeout: 30_000 });
    await expectAccessible(page);

    const assistant = await page.request.post("/api/v1/assistants", {
      headers,
      data: { name: "Shop help", collections: [collection] },
    });
    await page.goto(`/chat?assistant=${(await assistant.json()).id}`);
    await page.locator("html[data-live]").waitFor();
    await page.getByLabel("Ask a question").fill("How long can I send a hammock back?");
    await page.keyboard.press("Enter");
    const answer = page.getByRole("article", { name: "Answer" });
    await expect(answer).toContainText("forty days");
    await answer.locator("a.cite").first().click();
    await expect(page.getByRole("link", { name: "Open the page" })).toHaveAttribute("href", /returns\.html/);
  });
});
