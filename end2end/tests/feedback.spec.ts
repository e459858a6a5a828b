// Feedback: a thumb down is explained, reaches whoever looks after the assistant, and is resolved. Answers are copied with
// their formatting, conversations exported and printed, and what an answer took is told.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { answered, answerLeaving, expect, expectAccessible, test } from "../support/page";
import { ask, enrol, open, writer } from "../support/people";
import { Provider, say, stream, type Reply } from "../support/provider";

const password = "a hammock between trees 1";
const question = "When does the museum open?";
const provider = new Provider();

test.beforeAll(() => provider.start());
test.afterAll(() => provider.stop());

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** A whole answer, with what it took. */
const counted: Reply = (response) => {
  stream(response);
  say(response, "At **nine** o’clock.", "stop");
  response.write(`data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 41, completion_tokens: 7 } })}\n\n`);
  response.end("data: [DONE]\n\n");
};

/** What the clipboard holds in one of its forms. */
const clipboard = (page: Page, kind: string) =>
  page.evaluate(async (kind) => {
    const [item] = await navigator.clipboard.read();
    if (!item?.types.includes(kind)) return "";
    // What is written between the two is another item: whoever asks looks again.
    return item.getType(kind).then((found) => found.text(), () => "");
  }, kind);

test("a thumb down is explained, read with its exchange and resolved", async ({ page }) => {
  provider.replies = [counted];
  await enrol(page, { email: `feedback-${process.pid}@example.org`, password });
  await open(page, await writer(page, provider.base));
  await ask(page, question);
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);

  // What was typed is not lost by the way.
  const down = answer.getByRole("button", { name: "This did not help" });
  await down.click();
  const dialog = page.getByRole("dialog", { name: "New feedback" });
  await expect(dialog).toContainText("They see nothing else of the conversation.");
  await dialog.getByLabel("Reason").selectOption("wrong");
  await dialog.locator("[name=comment]").fill("At ten, since May.");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await answerLeaving(page, "Cancel");
  await expect(dialog.locator("[name=comment]")).toHaveValue("At ten, since May.");
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(down).toHaveAttribute("aria-pressed", "true");
  await expect(down).toBeFocused();

  // It opens with what was said, also after a reload.
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await answer.getByRole("button", { name: "Change feedback" }).click();
  const change = page.getByRole("dialog", { name: "Change feedback" });
  await expect(change.getByLabel("Reason")).toHaveValue("wrong");
  await expect(change.locator("[name=comment]")).toHaveValue("At ten, since May.");
  await change.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("link", { name: "Feedback", exact: true }).click();
  await expect(page).toHaveURL(/\/feedback$/);
  const row = page.getByRole("row").filter({ hasText: question });
  await expect(row).toContainText("At ten, since May.");
  await expect(row).toContainText("Nora Newcomer");
  await expectAccessible(page);
  await page.getByRole("combobox", { name: "Rating" }).selectOption("up");
  await expect(page).toHaveURL(/\/feedback\?rating=up$/);
  await expect(page.getByText("Nothing found")).toBeVisible();
  await page.getByRole("link", { name: "Show everything" }).click();

  await row.getByRole("link", { name: question }).click();
  await expect(page).toHaveURL(/\/feedback\/fb_/);
  await expect(page.getByRole("heading", { level: 1, name: question })).toBeVisible();
  await expect(page.locator(".answer-text")).toContainText("At nine o’clock.");
  await expect(page.locator(".feedback-comment")).toHaveText("At ten, since May.");
  await expect(page.locator(".steps")).toContainText("tokens read: 41, written: 7");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Mark as resolved" }).click();
  await expect(page.getByRole("button", { name: "Mark as open" })).toBeFocused();
  await open(page, "/feedback?state=resolved");
  await expect(row).toContainText("Resolved");
  await expect(page.getByRole("combobox", { name: "State" })).toHaveValue("resolved");

  // On a phone as well.
  await page.setViewportSize({ width: 390, height: 844 });
  await row.getByRole("link", { name: question }).click();
  await expect(page.locator(".feedback-comment")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test("an answer is copied with its formatting, its conversation exported and printed", async ({ page }) => {
  provider.replies = [counted];
  await enrol(page, { email: `export-${process.pid}@example.org`, password });
  await open(page, await writer(page, provider.base));
  const menu = page.getByRole("button", { name: "Export or print" });
  await expect(menu).toBeHidden();
  await ask(page, question);
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);
  await answer.getByText("Show reasoning").click();
  await expect(answer.locator(".steps")).toContainText("s in all; tokens read: 41, written: 7");

  await answer.getByRole("button", { name: "Copy", exact: true }).click();
  await expect.poll(() => clipboard(page, "text/plain")).toBe("At **nine** o’clock.");
  await expect.poll(() => clipboard(page, "text/html")).toContain("<strong>nine</strong>");
  // A question is plain text, and is copied as such.
  await page.locator(".question").hover();
  await page.getByRole("button", { name: "Copy question" }).click();
  await expect.poll(() => clipboard(page, "text/plain")).toBe(question);

  const saved = async (name: string) => {
    const download = page.waitForEvent("download");
    await menu.click();
    await page.getByRole("menuitem", { name }).click();
    const file = await download;
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
  };
  const markdown = await saved("Export as Markdown");
  expect(markdown.name).toMatch(/^When-does-the-museum-open-\d{4}-\d\d-\d\d\.md$/);
  expect(markdown.text).toContain(`## You\n\n> ${question}\n\n## Assistant\n\nAt **nine** o’clock.\n`);
  const json = await saved("Export as JSON");
  expect(JSON.parse(json.text).messages.map((message: { text: string }) => message.text)).toEqual([question, "At **nine** o’clock."]);

  // On a phone it stands beside the other button, each as an icon.
  await page.setViewportSize({ width: 390, height: 844 });
  for (const button of [page.getByRole("button", { name: "Share", exact: true }), menu]) {
    await expect(button).toBeInViewport({ ratio: 1 });
    expect((await button.boundingBox())?.width).toBeLessThan(60);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });

  // On paper there are the messages alone.
  await page.evaluate(() => Object.assign(window, { print: () => (document.body.dataset.printed = "yes") }));
  await menu.click();
  await expectAccessible(page);
  await page.getByRole("menuitem", { name: "Print or save as PDF" }).click();
  await expect(page.locator("body[data-printed]")).toHaveCount(1);
  await page.emulateMedia({ media: "print" });
  for (const panel of [".side", ".conversations", ".composer", ".answer .tools", ".thread-menu"]) {
    await expect(page.locator(panel), panel).toBeHidden();
  }
  await expect(answer).toContainText("At nine o’clock.");
  await expect(page.locator(".question")).toBeVisible();
});
