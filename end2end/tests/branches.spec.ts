// A question is edited, an answer is made again, and the versions before stay: one steps between them, and a reload keeps
// the one that is shown.
import type { ServerResponse } from "node:http";
import type { Page } from "@playwright/test";
import { answered, expect, expectAccessible, test } from "../support/page";
import { ask, enrol, make, open, register, writer } from "../support/people";
import { begins, finish, Provider, says } from "../support/provider";

const password = "a hammock between trees 1";
const provider = new Provider();

test.beforeAll(() => provider.start());
test.beforeEach(() => provider.reset());
test.afterAll(() => provider.stop());

const questions = (page: Page) => page.locator(".messages .question");
const answers = (page: Page) => page.getByRole("article", { name: "Answer" });

/** Asks, and waits for the whole answer. */
async function converse(page: Page, question: string, answer: string): Promise<void> {
  await ask(page, question);
  await expect(answers(page).last()).toContainText(answer);
  await answered(answers(page).last());
}

test("a question is edited by keyboard, and both versions stay", async ({ page }) => {
  await enrol(page, { email: `branches-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between trees."), says("Of cotton."), says("On hooks.")];
  // From the beginning: what is pressed right after requests begin to be watched may get past that.
  let isRefused = false;
  const refusal = { status: 409, json: { error: { type: "conflict", code: "answer_running", message: "wait" } } };
  await page.route("**/api/v1/chat", (route) => (isRefused ? route.fulfill(refusal) : route.continue()));
  await open(page, chat);
  await converse(page, "Where do hammocks hang?", "Between trees.");
  await ask(page, "What are they made of?");
  await expect(answers(page)).toHaveCount(2);
  await expect(answers(page).last()).toContainText("Of cotton.");
  await expect(page.getByRole("group", { name: "Versions" })).toHaveCount(0);

  // Left with Escape, the focus returns, and what was typed is there again.
  const edit = page.getByRole("button", { name: "Edit question" }).first();
  const form = page.getByRole("textbox", { name: "The question, edited" });
  await edit.focus();
  await page.keyboard.press("Enter");
  await expect(form).toBeFocused();
  await expect(form).toHaveValue("Where do hammocks hang?");
  await expect(questions(page).first()).toBeHidden();
  await form.fill("Where do they hang indoors?");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(form).toHaveCount(0);
  await expect(edit).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(form).toBeFocused();
  await expect(form).toHaveValue("Where do they hang indoors?");

  // What is refused leaves everything as it was.
  isRefused = true;
  await page.keyboard.press("Enter");
  await expect(page.locator(".composer").getByRole("alert")).toBeVisible();
  await expect(form).toHaveValue("Where do they hang indoors?");
  await expect(answers(page)).toHaveCount(2);
  isRefused = false;

  await form.press("Enter");
  await expect(questions(page)).toHaveText(["You: Where do they hang indoors?"]);
  await expect(answers(page)).toHaveCount(1);
  await expect(answers(page)).toContainText("On hooks.");
  await answered(answers(page));
  expect(provider.prompts.at(-1)).not.toContain("cotton");
  const versions = page.getByRole("group", { name: "Versions" });
  await expect(versions).toContainText("2 of 2");
  await expectAccessible(page);

  // Back and forth by keyboard: the focus stays with the versions.
  const before = versions.getByRole("button", { name: "Previous version" });
  const after = versions.getByRole("button", { name: "Next version" });
  await expect(after).toBeDisabled();
  await before.focus();
  await page.keyboard.press("Enter");
  await expect(versions).toContainText("1 of 2");
  await expect(answers(page)).toHaveCount(2);
  await expect(answers(page).last()).toContainText("Of cotton.");
  await expect(after).toBeFocused();
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(versions).toContainText("1 of 2");
  await expect(answers(page)).toHaveCount(2);
  await after.focus();
  await page.keyboard.press("Enter");
  await expect(versions).toContainText("2 of 2");
  await expect(before).toBeFocused();
  await expect(answers(page)).toHaveCount(1);
});

test("an answer is made again, also by another assistant, and each says whose it is", async ({ page }) => {
  await enrol(page, { email: `again-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  await make(page, "/api/v1/assistants", { name: "Quoter", collections: [] });
  provider.replies = [says("Between trees."), says("On hooks."), says("In the shade.")];
  await open(page, chat);
  await converse(page, "Where do hammocks hang?", "Between trees.");

  const versions = answers(page).getByRole("group", { name: "Versions" });
  const menu = answers(page).getByRole("button", { name: "Regenerate" });
  await menu.click();
  await page.getByRole("menuitem", { name: "Again", exact: true }).click();
  await expect(answers(page)).toContainText("On hooks.");
  await expect(versions).toContainText("2 of 2");
  await expect(questions(page)).toHaveCount(1);

  await menu.click();
  await page.getByRole("menuitem", { name: "With another assistant…" }).click();
  const dialog = page.getByRole("dialog", { name: "Which assistant answers again?" });
  await dialog.getByRole("searchbox", { name: "Search assistants" }).fill("quo");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: /Quoter/ }).click();
  await expect(dialog).toBeHidden();
  await expect(versions).toContainText("3 of 3");
  await expect(page.getByRole("button", { name: "Choose the assistant: Quoter" })).toBeVisible();

  // Back to an answer of the first one; the next question goes to the second, and then both are named.
  await versions.getByRole("button", { name: "Previous version" }).click();
  await expect(answers(page)).toContainText("On hooks.");
  await expect(page.getByText("Answered by")).toHaveCount(0);
  await ask(page, "What are they made of?");
  await expect(answers(page)).toHaveCount(2);
  await expect(answers(page).first()).toContainText("Answered by Writer");
  await expect(answers(page).last()).toContainText("Answered by Quoter");
  await expectAccessible(page);

  // The assistant is changed in the middle, without asking again.
  await page.getByRole("button", { name: /^Choose the assistant/ }).click();
  await page.getByRole("dialog", { name: "Choose the assistant" }).getByRole("button", { name: /Writer/ }).click();
  await converse(page, "And where in summer?", "In the shade.");
  await expect(answers(page).last()).toContainText("Answered by Writer");

  // On paper too, where nothing can be pressed.
  await page.emulateMedia({ media: "print" });
  await expect(answers(page).first().getByText("Answered by Writer")).toBeVisible();
  await expect(versions).toBeHidden();
  await expect(menu.first()).toBeHidden();
  await page.emulateMedia({ media: "screen" });

  // On a phone as well.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(versions).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test("an assistant that is chosen while an answer is made again stays chosen", async ({ page }) => {
  await register(page, { email: `again-chosen-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  await make(page, "/api/v1/assistants", { name: "Quoter", collections: [] });
  const asked: ServerResponse[] = [];
  provider.replies = [says("Between trees."), begins("On ", asked)];
  await open(page, chat);
  await converse(page, "Where do hammocks hang?", "Between trees.");
  await answers(page).getByRole("button", { name: "Regenerate" }).click();
  await page.getByRole("menuitem", { name: "Again", exact: true }).click();
  await expect(answers(page)).toContainText("On");
  await expect(answers(page)).toHaveAttribute("aria-busy", "true");
  await page.getByRole("button", { name: /^Choose the assistant/ }).click();
  await page.getByRole("dialog", { name: "Choose the assistant" }).getByRole("button", { name: /Quoter/ }).click();
  finish(asked[0], "hooks.");
  await expect(answers(page)).toContainText("On hooks.");
  // That it has a place among others is the last thing that becomes known.
  await expect(answers(page).getByRole("group", { name: "Versions" })).toContainText("2 of 2");
  await expect(page.getByRole("button", { name: "Choose the assistant: Quoter" })).toBeVisible();
});

test("what a search has found in another version is shown there", async ({ page }) => {
  await register(page, { email: `branch-found-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  provider.replies = [says("Between palm trees."), says("On hooks.")];
  await open(page, chat);
  await converse(page, "Where do hammocks hang?", "Between palm trees.");
  await page.locator(".messages .question").hover();
  await page.getByRole("button", { name: "Edit question" }).click();
  const form = page.getByRole("textbox", { name: "The question, edited" });
  await form.fill("Where do they hang indoors?");
  await form.press("Enter");
  await expect(answers(page)).toContainText("On hooks.");
  await expect(answers(page)).toHaveAttribute("aria-busy", "false");

  await page.getByLabel("Search conversations").fill("palm");
  await expect(page.locator(".conversation .found")).toHaveText("Between palm trees.");
  await page.locator(".conversation").getByRole("link").click();
  await expect(questions(page)).toHaveText(["You: Where do hammocks hang?"]);
  await expect(answers(page)).toContainText("Between palm trees.");
  await expect(answers(page)).toBeFocused();
  await expect(page.getByRole("group", { name: "Versions" })).toContainText("1 of 2");
});
