// The form of an assistant: suggested questions come and go, and every field says itself what is wrong with it.
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open, register } from "../support/people";
import { Provider } from "../support/provider";

const password = "a hammock between trees 1";
const provider = new Provider();
test.beforeAll(() => provider.start());
test.afterAll(() => provider.stop());

const questions = (page: Page): Locator => page.getByLabel("Suggested question", { exact: true });

test("six questions are suggested, and what is added outlives its button", async ({ page }) => {
  await enrol(page, { email: `six-questions-${process.pid}@example.org`, password });
  await open(page, "/assistants/new");
  await page.getByLabel("Name", { exact: true }).fill("Knots");
  const add = page.getByRole("button", { name: "Add a question" });
  for (let number = 1; number <= 6; number++) {
    // By mouse and by keyboard in turn; the last one takes its own button away.
    if (number % 2) {
      await add.click();
    } else {
      await add.focus();
      await page.keyboard.press("Enter");
    }
    await expect(questions(page)).toHaveCount(number);
    await expect(questions(page).last()).toBeFocused();
    await page.keyboard.type(`Which knot is number ${number}?`);
  }
  await expect(add).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page).toHaveURL(/\/assistants\/asst_/);
  await expect(page.getByRole("heading", { level: 1, name: "Knots" })).toBeVisible();
  // The form that had the focus is gone.
  await expect(page.locator("main")).toBeFocused();
  await expect(questions(page)).toHaveCount(6);
  for (let number = 1; number <= 6; number++) {
    await expect(questions(page).nth(number - 1)).toHaveValue(`Which knot is number ${number}?`);
  }

  // What is discarded comes back, by a button that goes with it.
  const discard = page.getByRole("button", { name: "Discard changes" });
  await page.getByRole("button", { name: "Remove this question" }).first().click();
  await expect(questions(page)).toHaveCount(5);
  await expect(add).toBeFocused();
  await discard.click();
  await expect(questions(page)).toHaveCount(6);
  await expect(discard).toHaveCount(0);
  await expect(add).toHaveCount(0);
  await questions(page).nth(5).fill("Which knot is the last?");
  await expect(discard).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(discard).toHaveCount(0);
  await page.reload();
  await expect(questions(page).nth(5)).toHaveValue("Which knot is the last?");
});

test("what was chosen in a list is discarded too", async ({ page }) => {
  await enrol(page, { email: `assistant-discard-${process.pid}@example.org`, password });
  const ours = (await make(page, "/api/v1/connections", { name: "Ours", kind: "compatible", base_url: provider.base })).id;
  const assistant = (await make(page, "/api/v1/assistants", { name: "Knots", collections: [] })).id;
  await open(page, `/assistants/${assistant}`);
  const list = page.locator(".assistant-form select[name=connection]");
  const before = await list.inputValue();
  expect(before).not.toBe(ours);
  // Once more than needed: what was chosen once follows no attribute any more.
  for (const value of [ours, before, ours]) await list.selectOption({ value });
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(list).toHaveValue(before);
});

test("every field says what is wrong with it, and the bar repeats none of it", async ({ page }) => {
  await enrol(page, { email: `assistant-faults-${process.pid}@example.org`, password });
  await make(page, "/api/v1/connections", { name: "Ours", kind: "compatible", base_url: provider.base });
  await open(page, "/assistants/new");
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("create_assistant")) sent.push(request.url());
  });
  const field = (name: string) => page.locator(`.assistant-form [name=${name}]`);
  const expectFault = async (name: string, message: string) => {
    await expect(field(name)).toHaveAttribute("aria-invalid", "true");
    await expect(field(name)).toHaveAccessibleDescription(message);
    await expect(page.locator(".save-bar .form-error")).toHaveCount(0);
  };
  const create = page.getByRole("button", { name: "Create assistant" });
  await field("connection").selectOption({ label: "Ours" });
  await field("temperature").fill("9");
  await field("max_tokens").fill("5");
  await create.click();
  await expectFault("name", "Please fill this in.");
  await expectFault("model", "Please fill this in.");
  await expectFault("temperature", "Please enter a number from 0 to 2.");
  await expectFault("max_tokens", "Please enter a number from 64 to 16,384.");
  await expect(field("name")).toBeFocused();
  expect(sent, "nothing faulty is sent").toEqual([]);
  await expectAccessible(page);

  // What only the server knows is told at the field too.
  await field("name").fill("General Assistant");
  await field("model").fill("model-a");
  // Between two steps of the field.
  await field("temperature").fill("0.25");
  await field("max_tokens").fill("2000");
  await create.click();
  await expectFault("name", "The name General Assistant is taken.");
  await expect(field("name")).toBeFocused();

  // Numbers that nobody sees keep nothing from being stored.
  await field("name").fill("Plain");
  await field("temperature").fill("9");
  await field("connection").selectOption({ label: "Built-in answerer" });
  await create.click();
  await expect(page).toHaveURL(/\/assistants\/asst_/);
});

test("the focus goes to the page with the bar that saves", async ({ page }) => {
  await register(page, { email: `bar-focus-${process.pid}@example.org`, password });
  const assistant = (await make(page, "/api/v1/assistants", { name: "Knots", collections: [] })).id;
  const bar = page.locator(".save-bar");
  for (const [address, name] of [[`/assistants/${assistant}`, "name"], [`/assistants/${assistant}/interfaces`, "title"]]) {
    await open(page, address);
    const field = page.locator(`.assistant-form [name=${name}]`);
    for (const [button, text] of [["Discard changes", "Splices"], ["Save", "Bends"]]) {
      await field.fill(text);
      await bar.getByRole("button", { name: button, exact: true }).click();
      await expect(bar).toHaveCount(0);
      await expect(page.locator("main")).toBeFocused();
    }
    // Who goes on writing stays in the field.
    await field.fill("Hitches");
    await field.press("Enter");
    await expect(bar).toHaveCount(0);
    await expect(field).toBeFocused();
  }
});

/** How far the bar that saves reaches over what has the focus; nothing where that is outside the fields, or the bar is. */
const covered = (page: Page) =>
  page.evaluate(() => {
    const [field, bar] = [document.activeElement, document.querySelector(".save-bar")];
    if (!field?.closest("fieldset") || !bar) return 0;
    return field.getBoundingClientRect().bottom - bar.getBoundingClientRect().top;
  });

for (const [screen, width] of [["a desk", 1280], ["a phone", 390]] as const) {
  test(`the bar that saves covers no field that has the focus, on ${screen}`, async ({ page }) => {
    await register(page, { email: `save-bar-${width}-${process.pid}@example.org`, password });
    const assistant = (await make(page, "/api/v1/assistants", { name: "Knots", collections: [] })).id;
    await page.setViewportSize({ width, height: 600 });
    await open(page, `/assistants/${assistant}`);
    await page.getByLabel("Name", { exact: true }).fill("Splices");
    await expect(page.locator(".save-bar")).toBeVisible();
    const save = page.getByRole("button", { name: "Save", exact: true });
    let fields = 0;
    for (; !(await save.evaluate((it) => it === document.activeElement)); fields++) {
      expect(fields, "the bar is reached").toBeLessThan(120);
      await page.keyboard.press("Tab");
      expect(await covered(page), await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120) ?? "")).toBeLessThanOrEqual(0);
    }
    expect(fields).toBeGreaterThan(10);
  });
}
