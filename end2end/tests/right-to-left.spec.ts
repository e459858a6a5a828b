// What is written from right to left stands so in the chat, and what has no blank sticks out of nothing.
import type { Locator } from "@playwright/test";
import { answered, expect, expectAccessible, test } from "../support/page";
import { ask, enrol, open, writer } from "../support/people";
import { Provider, says } from "../support/provider";

const password = "a hammock between trees 1";
const provider = new Provider();

test.beforeAll(() => provider.start());
test.beforeEach(() => provider.reset());
test.afterAll(() => provider.stop());

/** How far the first letters of a text are from the sides of its box. CSS pixels. */
const besideFirst = (box: Locator, letters: number) =>
  box.evaluate((it, letters) => {
    const text = [...it.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    if (!text) return { left: NaN, right: NaN };
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(text, letters);
    const [first, whole] = [range.getBoundingClientRect(), it.getBoundingClientRect()];
    return { left: first.left - whole.left, right: whole.right - first.right };
  }, letters);

const direction = (what: Locator) => what.evaluate((it) => getComputedStyle(it).direction);

test("questions and answers begin on the side that their script begins on", async ({ page }) => {
  await enrol(page, { email: `rtl-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  const arabic = "يفتح المتحف في التاسعة صباحا.\n\n- القاعة الأولى\n- القاعة الثانية\n\n```sh\necho nine\n```\n";
  provider.replies = [says(arabic), says("It opens at nine.")];
  await open(page, chat);
  // Each line for itself, while it is typed and when it stands there.
  const input = page.getByLabel("Ask a question");
  expect(await input.evaluate((it) => getComputedStyle(it).unicodeBidi)).toBe("plaintext");
  await input.fill("نعم\nمتى يفتح المتحف أبوابه في الصباح الباكر؟");
  await page.keyboard.press("Enter");
  const answers = page.getByRole("article", { name: "Answer" });
  await answered(answers);
  const question = page.locator(".messages .question").first();
  const arabicFirst = await besideFirst(question, 3);
  expect(arabicFirst.right).toBeLessThan(24);
  expect(arabicFirst.left).toBeGreaterThan(arabicFirst.right + 40);

  // An answer with its lists; its code begins on the left.
  const text = answers.locator(".answer-text");
  expect(await direction(text.locator("p").first())).toBe("rtl");
  expect(await direction(text.locator("ul"))).toBe("rtl");
  expect(await direction(text.locator("pre"))).toBe("ltr");
  const [list, item] = [await text.locator("ul").boundingBox(), await text.locator("li").first().boundingBox()];
  expect((list?.x ?? 0) + (list?.width ?? 0), "the points stand on the right").toBeGreaterThan((item?.x ?? 0) + (item?.width ?? 0) + 8);
  await expectAccessible(page);

  // Titles are cut off at their end, wherever that is.
  for (const title of [page.locator(".conversation b"), page.locator(".thread-bar h1")]) {
    await expect(title).toHaveAttribute("dir", "auto");
  }

  // Beside it, what is written from left to right stays as it was.
  await ask(page, "And in English?\nYes, when does the museum open in the morning?");
  await expect(answers.nth(1)).toContainText("It opens at nine.");
  expect(await direction(answers.nth(1).locator(".answer-text p"))).toBe("ltr");
  const englishFirst = await besideFirst(page.locator(".messages .question").nth(1), 3);
  expect(englishFirst.left).toBeLessThan(24);
});

test("a word without end sticks out of nothing, on a desk and on a phone", async ({ page }) => {
  await enrol(page, { email: `endless-${process.pid}@example.org`, password });
  const chat = await writer(page, provider.base);
  const endless = "hammock".repeat(60);
  provider.replies = [says(`# ${endless}\n\n- ${endless}\n\n> ${endless}\n\n| ${endless} | b |\n| --- | --- |\n| c | d |\n`)];
  await open(page, chat);
  await ask(page, endless);
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);
  const outside = () =>
    page.locator(".messages").evaluate((area) => {
      const right = area.getBoundingClientRect().right;
      const parts = area.querySelectorAll(".question, .answer, .answer-text > *, .rich-text > *");
      return [...parts].filter((part) => part.getBoundingClientRect().right > right + 1).map((part) => part.outerHTML.slice(0, 80));
    });
  for (const size of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    await page.setViewportSize(size);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await outside()).toEqual([]);
  }
});
