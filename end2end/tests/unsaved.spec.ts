// Nothing typed is lost: leaving asks, by a link, by Back and Forward, by a reload; a question survives without asking.
import type { Dialog, Locator, Page } from "@playwright/test";
import { answered, answerLeaving, expect, expectAccessible, test } from "../support/page";
import { enrol, open, type Person, register } from "../support/people";

const password = "a hammock between trees 1";

/** Stays whenever the browser itself asks, and keeps what kind of question it was. */
function answers(page: Page): string[] {
  const asked: string[] = [];
  page.on("dialog", async (dialog: Dialog) => {
    asked.push(dialog.type());
    await dialog.dismiss();
  });
  return asked;
}

test("a form asks before it is left by a link, by Back and by a reload", async ({ page }) => {
  await register(page, { email: "unsaved-form@example.org", password });
  await page.getByRole("link", { name: "Assistants", exact: true }).click();
  await page.getByRole("link", { name: "New assistant" }).click();
  await expect(page).toHaveURL(/\/assistants\/new$/);
  const asked = answers(page);

  // Nothing typed: nothing asked.
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page).toHaveURL(/\/data$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/assistants\/new$/);
  await expect(page.getByRole("dialog")).toHaveCount(0);

  const name = page.getByLabel("Name", { exact: true });
  await name.fill("Half an assistant");
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Leave the page without saving?" })).toBeVisible();
  await expectAccessible(page);
  await answerLeaving(page, "Cancel");
  await expect(page).toHaveURL(/\/assistants\/new$/);
  await page.evaluate(() => history.back());
  await answerLeaving(page, "Cancel");
  await expect(page).toHaveURL(/\/assistants\/new$/);
  await expect(name).toHaveValue("Half an assistant");
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await expect(name).toHaveValue("Half an assistant");

  await page.evaluate(() => history.back());
  await answerLeaving(page, "Discard");
  await expect(page).toHaveURL(/\/assistants$/);
  // What was thrown away asks no more.
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page).toHaveURL(/\/data$/);
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.getByRole("link", { name: "Assistants", exact: true }).click();
  await page.getByRole("link", { name: "New assistant" }).click();
  await expect(page).toHaveURL(/\/assistants\/new$/);
  await name.fill("Another half");
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await answerLeaving(page, "Discard");
  await expect(page).toHaveURL(/\/data$/);
  expect(asked).toEqual(["beforeunload"]);
});

test("a dialog asks before it throws away what was typed", async ({ page }) => {
  await enrol(page, { email: "unsaved-dialog@example.org", password });
  const asked = answers(page);
  await open(page, "/data");
  await page.getByRole("button", { name: "New collection" }).click();
  const dialog = page.getByRole("dialog", { name: "New collection" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await page.getByRole("button", { name: "New collection" }).click();
  await dialog.getByLabel("Name").fill("Recipes");
  await page.keyboard.press("Escape");
  await answerLeaving(page, "Cancel");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  // The browser would close a native dialog at the second Escape; here it closes the question alone.
  const question = page.getByRole("dialog", { name: "Close without saving what you typed?" });
  await page.keyboard.press("Escape");
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await answerLeaving(page, "Cancel");
  await dialog.getByRole("button", { name: "Close" }).click();
  await answerLeaving(page, "Cancel");
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await expect(dialog.getByLabel("Name")).toHaveValue("Recipes");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  // What is new is opened: the next thing to do is to put something in.
  await expect(page).toHaveURL(/\/data\/coll_[^/]+$/);
  await expect(page.getByRole("heading", { level: 1, name: "Recipes" })).toBeVisible();
  await expect(page.locator("main")).toBeFocused();
  await page.goBack();
  await expect(page).toHaveURL(/\/data$/);
  await expect(page.getByRole("link", { name: "Recipes" })).toBeVisible();
  expect(asked).toEqual(["beforeunload"]);

  await page.getByRole("button", { name: "New collection" }).click();
  await dialog.getByLabel("Name").fill("Thrown away");
  await page.keyboard.press("Escape");
  await answerLeaving(page, "Discard");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "New collection" })).toBeFocused();
});

test("a question that is being typed is there again, for each conversation", async ({ page }) => {
  await register(page, { email: "unsaved-question@example.org", password });
  const asked = answers(page);
  const input = page.getByRole("textbox", { name: "Ask a question" });
  await input.fill("How do I put the chat on my website?");
  await page.keyboard.press("Enter");
  await answered(page.getByRole("article", { name: "Answer" }));
  await input.fill("And what does it");
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page).toHaveURL(/\/data$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/chat\/conv_/);
  await expect(input).toHaveValue("And what does it");
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(page).toHaveURL(/\/chat$/);
  await expect(page.getByRole("heading", { name: "How can I help?" })).toBeVisible();
  await expect(input).toHaveValue("");
  await input.fill("Something else");
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(input).toHaveValue("Something else");
  await page.locator(".conversation a").first().click();
  await expect(input).toHaveValue("And what does it");
  expect(asked).toEqual([]);
});

test("whoever is signed out meanwhile signs in beside the page and goes on", async ({ page }) => {
  const who = { email: "unsaved-session@example.org", password };
  await enrol(page, who);
  await open(page, "/assistants/new");
  await page.getByLabel("Name", { exact: true }).fill("Half an assistant");
  await page.context().clearCookies();
  const create = page.getByRole("button", { name: "Create assistant" });
  await create.click();
  const refused = page.getByRole("alert").filter({ hasText: "You are no longer signed in. What you typed stays here" });
  await expect(refused).toBeVisible();
  await expectAccessible(page);
  await signInBeside(page, who, refused);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Half an assistant");
  await create.click();
  await expect(page).toHaveURL(/\/assistants\/asst_/);

  await open(page, "/chat");
  const input = page.getByRole("textbox", { name: "Ask a question" });
  await input.fill("How do I put the chat on my website?");
  await page.context().clearCookies();
  await page.keyboard.press("Enter");
  await expect(refused).toBeVisible();
  await expect(input).toHaveValue("How do I put the chat on my website?");
  await signInBeside(page, who, refused);
  await input.press("Enter");
  await expect(refused).toHaveCount(0);
  await answered(page.getByRole("article", { name: "Answer" }));
});

/** Signs in in the tab that a notice opens; nothing asks before, because nothing is left. */
async function signInBeside(page: Page, who: Person, notice: Locator): Promise<void> {
  const opened = page.context().waitForEvent("page");
  await notice.getByRole("link", { name: "Sign in" }).click();
  const tab = await opened;
  await tab.locator("[name=email]").fill(who.email);
  await tab.locator("[name=password]").fill(who.password);
  await tab.locator("form[action='/sign-in'] [type=submit]").click();
  await tab.locator("html[data-live]").waitFor();
  await tab.close();
}

test("registering asks before it is left half-way", async ({ page }) => {
  await page.goto("/register");
  const asked = answers(page);
  await page.getByLabel("First name").fill("Ada");
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await expect(page).toHaveURL(/\/register$/);
  await expect(page.getByLabel("First name")).toHaveValue("Ada");
});

test("one changes one's own name and telephone number", async ({ page }) => {
  await register(page, { email: "profile@example.org", password });
  const asked = answers(page);
  await page.getByRole("link", { name: "Profile", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Profile" })).toBeVisible();
  await expect(page.getByText("profile@example.org")).toBeVisible();
  await page.getByLabel("First name").fill("Eleonora");
  await page.getByLabel("Telephone").fill("+420 601 234 567");
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await answerLeaving(page, "Cancel");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.getByRole("button", { name: /Eleonora Newcomer/ })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Telephone")).toHaveValue("+420 601 234 567");
  expect(asked).toEqual([]);

  await page.locator("html[data-live]").waitFor();
  await page.getByLabel("First name").fill("  ");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page.locator(".field-error")).toBeVisible();
  await expect(page.getByLabel("Last name")).toHaveValue("Newcomer");
});
