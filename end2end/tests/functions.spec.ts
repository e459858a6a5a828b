// JSON functions: defined on an uploaded table with a look at the first rows, run with a parameter, taken along as CSV.
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { upload } from "../support/documents";
import { answerLeaving, expect, expectAccessible, tabTo, test } from "../support/page";
import { make, open, register } from "../support/people";

const password = "a hammock between trees 1";
const rooms = "Name,Town,Price\nLark,Brno,900.5\nWren,Praha,1500\n=SUM(A1),Brno,100\n";

const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** A source of files in a new collection; its id and its address. */
async function hotels(page: Page, email: string): Promise<{ source: string; address: string }> {
  await register(page, { email, password });
  const collection = (await make(page, "/api/v1/collections", { name: "Hotels", description: "" })).id;
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" })).id;
  return { source, address: `/data/${collection}/sources/${source}` };
}

const uploadRooms = (page: Page, source: string) => upload(page, source, "rooms.csv", rooms, "text/csv");

/** Each value stands on one line with the choice where it is from, in the room that their condition has. */
async function expectPairs(editor: Locator, count: number): Promise<void> {
  const [choices, values] = [editor.getByLabel("Where the value is from"), editor.getByLabel("Value", { exact: true })];
  await expect(choices).toHaveCount(count);
  await expect(values).toHaveCount(count);
  const row = await editor.locator(".function-row").boundingBox();
  for (let at = 0; at < count; at++) {
    const [choice, value] = [await choices.nth(at).boundingBox(), await values.nth(at).boundingBox()];
    if (!row || !choice || !value) throw new Error(`value ${at + 1} is not shown`);
    const [top, bottom] = [Math.max(choice.y, value.y), Math.min(choice.y + choice.height, value.y + value.height)];
    expect(bottom - top).toBeGreaterThan(0);
    expect(value.x).toBeGreaterThanOrEqual(choice.x + choice.width);
    expect(value.x + value.width).toBeLessThanOrEqual(row.x + row.width);
  }
}

test("a function is defined, tried and run", async ({ page }) => {
  const { source, address } = await hotels(page, "functions@example.org");
  await open(page, `${address}/functions`);
  await expect(page.getByText("No tables here yet")).toBeVisible();
  await expectAccessible(page);
  await uploadRooms(page, source);
  await open(page, `${address}/functions`);
  await expect(page.getByText("No functions yet")).toBeVisible();

  await button(page, "Define a function").click();
  const editor = dialog(page, "Define a function");
  const rows = editor.getByRole("region", { name: "Result" });
  await expect(rows.getByRole("row")).toHaveCount(4);
  await editor.locator("[name=function-name]").fill("cheap_rooms");
  await editor.getByRole("button", { name: "Add a parameter" }).click();
  await editor.getByLabel("Name of the parameter").fill("most");
  await editor.getByLabel("Kind").selectOption({ label: "number" });
  await editor.getByRole("checkbox", { name: "must be given" }).check();
  const add = editor.getByRole("button", { name: "Add a condition" });
  await add.click();
  await editor.getByRole("button", { name: "Remove the condition" }).focus();
  await page.keyboard.press("Enter");
  await expect(add).toBeFocused();
  await add.click();
  await editor.getByLabel("Column", { exact: true }).selectOption("Price");
  await editor.getByLabel("Comparison").selectOption({ label: "is at most" });
  // While the value is typed, the first rows follow.
  await editor.getByLabel("Value", { exact: true }).fill("100");
  await expect(rows.getByRole("row")).toHaveCount(2);
  await editor.getByLabel("Where the value is from").selectOption({ label: "Parameter most" });
  await expect(rows.getByRole("row")).toHaveCount(4);
  await editor.getByRole("checkbox", { name: "Name", exact: true }).check();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await answerLeaving(page, "Cancel");
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(editor).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: "cheap_rooms" })).toContainText("most");
  // The button in place of the list has gone.
  await expect(page.locator("main")).toBeFocused();

  await button(page, "Run").click();
  const runs = dialog(page, "cheap_rooms");
  await runs.getByRole("button", { name: "Run", exact: true }).click();
  await expect(runs.locator(".field-error")).toHaveText("Please give a value for most.");
  await runs.getByLabel("most", { exact: true }).fill("1000");
  await runs.getByRole("button", { name: "Run", exact: true }).click();
  await expect(runs.getByText("2 rows match")).toBeVisible();
  const result = runs.getByRole("region", { name: "Result" });
  await expect(result.getByRole("columnheader")).toHaveText(["Name"]);
  await expect(result.getByRole("cell")).toHaveText(["Lark", "=SUM(A1)"]);
  await expect(runs.getByRole("link", { name: "rooms" })).toHaveAttribute("href", /\/data\/documents\/doc_/);
  await expectAccessible(page);

  const downloading = page.waitForEvent("download");
  await runs.getByRole("link", { name: "Download as CSV" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("cheap_rooms.csv");
  expect(readFileSync(await download.path(), "utf8")).toBe("\ufeffName\r\nLark\r\n'=SUM(A1)\r\n");

  await runs.getByText("Run it through the API").click();
  await expect(runs.locator("pre")).toContainText('{"parameters":{"most":1000}}');
  await runs.getByRole("button", { name: "Cancel" }).click();

  await button(page, "Actions for cheap_rooms").click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await dialog(page, "Delete the function cheap_rooms?").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No functions yet")).toBeVisible();
});

test("a function sums up", async ({ page }) => {
  const { source, address } = await hotels(page, "function-sums@example.org");
  await uploadRooms(page, source);
  await open(page, `${address}/functions`);
  await button(page, "Define a function").click();
  const editor = dialog(page, "Define a function");
  const rows = editor.getByRole("region", { name: "Result" });
  await editor.locator("[name=function-name]").fill("By town");
  await editor.getByRole("switch", { name: "Summarise" }).check();
  await editor.getByRole("checkbox", { name: "Town", exact: true }).check();
  await editor.getByLabel("Figure", { exact: true }).selectOption({ label: "sum" });
  await editor.getByLabel("Column", { exact: true }).selectOption("Price");
  await expect(rows.getByRole("cell")).toHaveText(["Brno", "1000.5", "Praha", "1500"]);
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(editor.locator(".field-error")).toBeVisible();
  await editor.locator("[name=function-name]").fill("by_town");
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(editor).toBeHidden();
  // Without parameters it answers at once.
  await button(page, "Run").click();
  await expect(dialog(page, "by_town").getByRole("cell")).toHaveText(["Brno", "1000.5", "Praha", "1500"]);
});

test("values are added by keyboard, each beside the choice where it is from", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const { source, address } = await hotels(page, "function-values@example.org");
  await uploadRooms(page, source);
  await open(page, `${address}/functions`);
  await button(page, "Define a function").click();
  const editor = dialog(page, "Define a function");
  const rows = editor.getByRole("region", { name: "Result" });
  await editor.locator("[name=function-name]").fill("some_rooms");
  await editor.getByRole("button", { name: "Add a condition" }).click();
  await editor.getByLabel("Column", { exact: true }).selectOption("Name");
  await editor.getByLabel("Comparison").selectOption({ label: "is one of" });
  const values = editor.getByLabel("Value", { exact: true });
  const add = editor.getByRole("button", { name: "Add a value" });
  await values.focus();
  await page.keyboard.type("Lark");
  await expect(rows.getByRole("row")).toHaveCount(2);
  // The focus is in what was added, and what is typed goes there.
  for (const [before, name] of ["Wren", "Robin"].entries()) {
    await tabTo(page, add);
    await page.keyboard.press("Enter");
    await expect(values).toHaveCount(before + 2);
    await expect(values.last()).toBeFocused();
    await page.keyboard.type(name);
    await expect(values.last()).toHaveValue(name);
  }
  await expect(values.first()).toHaveValue("Lark");
  await expect(rows.getByRole("row")).toHaveCount(3);
  await expectPairs(editor, 3);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectPairs(editor, 3);
  expect(await editor.evaluate((it) => it.scrollWidth - it.clientWidth), "wider than the screen").toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });

  // In a value, Enter sends the form.
  await expect(values.last()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(editor).toBeHidden();
  await button(page, "Actions for some_rooms").click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const again = dialog(page, "Edit the function");
  const kept = again.getByLabel("Value", { exact: true });
  await expect(kept).toHaveCount(3);
  for (const [at, name] of ["Lark", "Wren", "Robin"].entries()) await expect(kept.nth(at)).toHaveValue(name);
  // The values go with their condition, and the focus to the button that adds another one.
  await again.getByRole("button", { name: "Remove the condition" }).focus();
  await page.keyboard.press("Enter");
  await expect(kept).toHaveCount(0);
  await expect(again.getByRole("button", { name: "Add a condition" })).toBeFocused();
});
