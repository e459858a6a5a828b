// A long conversation: it opens with its newest messages, those before come when the reader goes up, and all are printed.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { ask, enrol, fromOurPage, make, open, register } from "../support/people";

const password = "a hammock between trees 1";
/** How many questions come at a time, each with its answer. */
const atFirst = 20;

/** Asks so often in one conversation; its address. */
async function converse(page: Page, questions: number, name = "Brief"): Promise<string> {
  const assistant = (await make(page, "/api/v1/assistants", { name, collections: [] })).id;
  let conversation: string | undefined;
  for (let number = 1; number <= questions; number++) {
    const data = { text: `Question ${number}.`, assistant, conversation };
    const answer = await page.request.post("/api/v1/chat", { headers: fromOurPage, data });
    expect(answer.ok()).toBe(true);
    conversation ??= /"conversation":"([^"]+)"/.exec(await answer.text())?.[1];
  }
  return `/chat/${conversation}`;
}

/** Scrolls the messages, as a wheel does. */
async function scrollTo(page: Page, top: number): Promise<void> {
  await page.locator(".messages").evaluate((area, top) => (area.scrollTop = top), top);
}

const asked = (page: Page) => page.locator(".messages .question");
const earlier = (page: Page) => page.getByRole("button", { name: "Earlier messages" });

test("it opens at its end, and what was said before comes when one goes up there", async ({ page }) => {
  await enrol(page, { email: `long-${process.pid}@example.org`, password });
  const questions = 3 * atFirst;
  await open(page, await converse(page, questions));
  await expect(asked(page)).toHaveCount(atFirst);
  await expect(asked(page).last()).toContainText(`Question ${questions}.`);
  await expect(asked(page).last()).toBeInViewport();
  await expect(earlier(page)).toBeAttached();
  await expectAccessible(page);

  // What is read stays where it is.
  const read = asked(page).filter({ hasText: `Question ${questions - atFirst + 1}.` });
  await scrollTo(page, 40);
  await expect(asked(page)).toHaveCount(2 * atFirst);
  await expect(read).toBeInViewport();
  await scrollTo(page, 0);
  await expect(asked(page)).toHaveCount(questions);
  await expect(asked(page)).toContainText(Array.from({ length: questions }, (_, at) => `Question ${at + 1}.`));
  await expect(earlier(page)).toHaveCount(0);

  await page.getByRole("button", { name: "Latest" }).click();
  await expect(asked(page).last()).toBeInViewport();
});

test("earlier messages that do not arrive are asked for again by a button", async ({ page }) => {
  await enrol(page, { email: `long-again-${process.pid}@example.org`, password });
  await open(page, await converse(page, 2 * atFirst + 1));
  const part = "**/api/fn/chat/read_conversation";
  await page.route(part, (route) => route.abort());
  await expect(asked(page).last()).toBeInViewport();
  await scrollTo(page, 0);
  await expect(page.locator(".toast")).toBeVisible();
  await expect(asked(page)).toHaveCount(atFirst);
  await page.unroute(part);
  await earlier(page).click();
  await expect(asked(page)).toHaveCount(2 * atFirst);
});

test("what a search has found far above is opened there", async ({ page }) => {
  await register(page, { email: `long-found-${process.pid}@example.org`, password });
  const questions = atFirst + 5;
  await converse(page, questions);
  await open(page, "/chat");
  await page.getByLabel("Search conversations").fill("question 3.");
  await expect(page.locator(".conversation .found")).toContainText("3.");
  await page.locator(".conversation").getByRole("link").click();
  const found = asked(page).filter({ hasText: "Question 3." });
  await expect(found).toBeInViewport();
  await expect(found).toBeFocused();
  await expect(asked(page)).toHaveCount(questions);
  // Where it stands already, another one is gone to at once.
  await page.getByLabel("Search conversations").fill("question 24.");
  await expect(page.locator(".conversation .found")).toContainText("24.");
  await page.locator(".conversation").getByRole("link").click();
  await expect(asked(page).filter({ hasText: "Question 24." })).toBeFocused();
});

test("the address names what was found until one moves on from it", async ({ page }) => {
  await register(page, { email: `long-named-${process.pid}@example.org`, password });
  const other = await converse(page, 1);
  await converse(page, 3, "Briefer");
  const find = async () => {
    await page.getByLabel("Search conversations").fill("question 2.");
    await expect(page.locator(".conversation .found")).toContainText("2.");
    await page.locator(".conversation").getByRole("link").click();
    await expect(page).toHaveURL(/[?&]message=msg_/);
    await expect(asked(page).filter({ hasText: "Question 2." })).toBeFocused();
  };
  await open(page, "/chat");
  await find();
  const entries = await page.evaluate(() => history.length);
  await ask(page, "One more question.");
  await expect(asked(page)).toHaveCount(4);
  await expect(page).not.toHaveURL(/message=/);
  // What narrows the list stays, and there is no step more on the way back.
  await expect(page).toHaveURL(/[?&]q=question/);
  expect(await page.evaluate(() => history.length)).toBe(entries);
  await page.reload();
  await expect(asked(page).last()).toBeInViewport();

  await find();
  await page.getByLabel("Search conversations").fill("");
  await expect(page.locator(".conversation")).toHaveCount(2);
  await page.locator(`.conversation a[href="${other}"]`).click();
  await expect(asked(page)).toHaveCount(1);
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(other);
});

test("whoever asks while they read far above sees what comes of it", async ({ page }) => {
  await register(page, { email: `long-asked-${process.pid}@example.org`, password });
  await open(page, await converse(page, atFirst));
  await expect(asked(page).last()).toBeInViewport();
  await scrollTo(page, 0);
  const latest = page.getByRole("button", { name: "Latest" });
  await expect(latest).toBeVisible();
  await ask(page, "One more question.");
  await expect(asked(page)).toHaveCount(atFirst + 1);
  await expect(page.getByRole("article", { name: "Answer" }).last()).toHaveAttribute("aria-busy", "false");
  await expect(asked(page).last()).toBeInViewport();
  await expect(latest).toHaveCount(0);
  // What is asked elsewhere leaves them in peace.
  await scrollTo(page, 0);
  await expect(latest).toBeVisible();
  const conversation = new URL(page.url()).pathname.split("/").pop();
  const data = { text: "And one from elsewhere.", conversation };
  await (await page.request.post("/api/v1/chat", { headers: { origin: new URL(page.url()).origin }, data })).text();
  await page.evaluate(() => window.dispatchEvent(new FocusEvent("focus")));
  await expect(asked(page)).toHaveCount(atFirst + 2);
  await expect(asked(page).first()).toBeInViewport();
  await expect(latest).toBeVisible();
});

test("all of it is printed", async ({ page }) => {
  await enrol(page, { email: `long-print-${process.pid}@example.org`, password });
  const questions = atFirst + 5;
  await open(page, await converse(page, questions));
  await page.evaluate(() => {
    window.print = () => {
      const count = document.querySelectorAll(".messages .question").length;
      document.documentElement.setAttribute("data-printed", String(count));
    };
  });
  await page.getByRole("button", { name: "Export or print" }).click();
  await page.getByRole("menuitem", { name: "Print or save as PDF" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-printed", String(questions));
});

test("a print of the browser says that earlier messages are left out, and how all are printed", async ({ page }) => {
  await register(page, { email: `long-part-${process.pid}@example.org`, password });
  await open(page, await converse(page, atFirst + 1));
  const note = page.getByText("Earlier messages are left out here.");
  await expect(note).toBeAttached();
  await expect(note).toBeHidden();
  await page.emulateMedia({ media: "print" });
  await expect(note).toBeVisible();
  await expect(note).toContainText("“Export or print”");
  await expect(note).toContainText("“Print or save as PDF”");
  await expect(page.getByRole("button", { name: "Export or print" })).toBeHidden();

  // Where all are there, nothing is.
  await page.emulateMedia({ media: "screen" });
  await scrollTo(page, 0);
  await expect(asked(page)).toHaveCount(atFirst + 1);
  await expect(note).toHaveCount(0);
});
