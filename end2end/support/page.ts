// What every test needs: accessibility without findings, and a page that complains of nothing.
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import axeCore, { type AxeResults } from "axe-core";

const cutOff = "TypeError: WebAssembly compilation aborted: Network error: Response body loading was aborted";

/** A test whose page must log no error: a broken hydration or a blocked script shows there first. */
export const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        // The browser itself logs answers like 401 or 404; a test that provokes one says so by looking at the page.
        // The same for a part of the interface that was on its way when a test left the page.
        const byBrowser = message.text().startsWith("Failed to load resource") || message.text() === cutOff;
        if (message.type() === "error" && !byBrowser) {
          complaints.push(message.text());
        }
      });
      await use(complaints);
      expect(complaints, "the page logged errors").toEqual([]);
    },
    { auto: true },
  ],
});

/** What depends on colours alone: all that can differ between a page in the light and the same one in the dark. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/**
 * Fails with axe's findings, if there are any; with `colours`, about these alone. What fades in has faded in before: half
 * transparent, nothing has its colours. A page without frames is judged in itself. Axe's own driver opens one more page for every
 * look, to put the findings of frames together, which takes longer than the looking: it judges what has frames, and what is asked
 * for. With the selector `within`, only what is in such elements is judged, and the rules about a page as a whole are left out: so
 * a very long page is judged in parts.
 */
export async function expectAccessible(
  page: Page,
  judged: "all" | "colours" = "all",
  by: "page" | "driver" = "page",
  within?: string,
): Promise<void> {
  await page.evaluate(async () => {
    // What is not drawn, because it is folded or far away, stands still in its animation until it is.
    const isDrawn = ({ effect }: Animation) =>
      effect instanceof KeyframeEffect && (effect.target?.checkVisibility({ contentVisibilityAuto: true }) ?? false);
    const ending = () =>
      document
        .getAnimations()
        .filter((it) => it.playState === "running" && it.effect?.getComputedTiming().endTime !== Infinity && isDrawn(it));
    // One may begin when another one ends, and one that has ended may count as running until the next frame.
    for (let round = 0, left = ending(); round < 10 && left.length > 0; round++, left = ending()) {
      await Promise.allSettled(left.map((it) => it.finished));
      await new Promise(requestAnimationFrame);
    }
  });
  const rules = judged === "colours" ? COLOURS : undefined;
  const isAlone = by === "page" && page.frames().length === 1;
  const { violations } = await (isAlone ? findings(page, rules, within) : findingsByDriver(page, rules, within));
  const found = violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.target.join(" ")) }));
  expect(found).toEqual([]);
}

type Findings = Pick<AxeResults, "violations">;

/** What axe finds by these rules, or by all that it judges unasked; on the page, or within what a selector finds there. */
async function findingsByDriver(page: Page, rules?: string[], within?: string): Promise<Findings> {
  const axe = within ? new AxeBuilder({ page }).include(within) : new AxeBuilder({ page });
  return (rules ? axe.withRules(rules) : axe).analyze();
}

/** The same of a page that has no frames. */
async function findings(page: Page, rules?: string[], within?: string): Promise<Findings> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeCore.source);
  return page.evaluate(async ({ values, included }) => {
    const { axe } = window as unknown as { axe: typeof axeCore };
    const runOnly = values && { type: "rule" as const, values };
    const options = { iframes: false, resultTypes: ["violations" as const], ...(runOnly && { runOnly }) };
    const { violations } = await axe.run(included ? { include: [included] } : document, options);
    return { violations };
  }, { values: rules, included: within });
}

/**
 * Waits until an answer is written to its end. Tests do so very often, and an assertion that waits for an attribute looks once in a
 * second after its first second.
 */
export async function answered(answer: Locator, timeout?: number): Promise<void> {
  await expect.poll(() => answer.getAttribute("aria-busy"), { timeout, intervals: [50] }).toBe("false");
}

/** Goes with the Tab key alone to something that may have the focus, or backwards with another key. */
export async function tabTo(page: Page, what: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  for (let steps = 0; steps < 120; steps++) {
    await page.keyboard.press(key);
    if (await what.evaluate((it) => it === document.activeElement)) return;
  }
  throw new Error(`${what} is not reached with the Tab key`);
}

/** Answers the question whether what was typed may be thrown away. */
export async function answerLeaving(page: Page, answer: "Cancel" | "Discard"): Promise<void> {
  const question = page.getByRole("dialog", { name: /without saving/ });
  await question.getByRole("button", { name: answer }).click();
  await expect(question).toBeHidden();
}

export { expect };
