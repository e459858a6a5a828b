// The choice of the assistant under the input: found by name and by what it is for, chosen by keyboard.
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open, register } from "../support/people";

test("an assistant is found by what it is for, without its accents, and chosen by keyboard", async ({ page }) => {
  await enrol(page, { email: `picker-${process.pid}@example.org`, password: "a hammock between trees 1" });
  await make(page, "/api/v1/assistants", { name: "Crème brûlée", description: "Desserts of all kinds", collections: [] });
  await make(page, "/api/v1/assistants", { name: "Trains", description: "Journeys to Prague", collections: [] });
  await open(page, "/chat");
  const question = page.getByLabel("Ask a question");
  await question.fill("Which one is best?");
  const choice = page.getByRole("button", { name: /^Choose the assistant/ });
  const picker = page.getByRole("dialog", { name: "Choose the assistant" });
  const search = picker.getByRole("searchbox", { name: "Search assistants" });
  const rows = picker.getByRole("listitem");

  await choice.focus();
  await page.keyboard.press("Enter");
  await expect(search).toBeFocused();
  const all = await rows.count();
  expect(all).toBeGreaterThanOrEqual(3);
  await page.keyboard.type("creme BRULEE");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Crème brûlée");
  await expectAccessible(page);
  await search.fill("no such thing");
  await expect(picker).toContainText("No assistant fits what you search for.");
  // In any order, in the name or the description.
  await search.fill("prague trains");
  await expect(rows).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(picker).toBeHidden();
  await expect(choice).toHaveAccessibleName("Choose the assistant: Trains");
  await expect(question, "the question is not sent by that").toHaveValue("Which one is best?");
  await expect(page.getByRole("article")).toHaveCount(0);

  // It begins anew the next time, and the arrows lead through the list.
  await choice.focus();
  await page.keyboard.press("Enter");
  await expect(search).toBeFocused();
  await expect(search).toHaveValue("");
  await expect(rows).toHaveCount(all);
  await page.keyboard.press("Enter");
  await expect(picker, "nothing was searched for").toBeVisible();
  const buttons = rows.getByRole("button");
  await page.keyboard.press("ArrowDown");
  await expect(buttons.first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(buttons.nth(1)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(search).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(picker).toBeHidden();
  await expect(choice).toHaveAccessibleName("Choose the assistant: Trains");

  // And to a new one.
  await choice.click();
  await picker.getByRole("link", { name: "New assistant" }).click();
  await expect(page).toHaveURL(/\/assistants\/new$/);
});

test("assistants beyond those that the server gives at once are there too", async ({ page }) => {
  await register(page, { email: `many-assistants-${process.pid}@example.org`, password: "a hammock between trees 1" });
  // As a server with 201 more of them answers.
  await page.route("**/api/fn/chat/list_choices", async (route) => {
    const { page_token, limit } = route.request().postDataJSON().page;
    const response = await route.fetch({ postData: JSON.stringify({ page: { limit, page_token: null, query: null } }) });
    const { items } = await response.json();
    const more = (at: number) => ({ ...items[0], id: `asst_f${items[0].id.slice(6, -3)}${String(at).padStart(3, "0")}`, name: `Number ${at}` });
    const first = Array.from({ length: 200 }, (_, at) => more(at));
    await route.fulfill({ json: page_token ? { items: [...items, more(200)], next_page_token: null } : { items: first, next_page_token: "200" } });
  });
  await page.getByRole("link", { name: "Data", exact: true }).click();
  await expect(page).toHaveURL(/\/data$/);
  await page.goBack();
  await page.getByRole("button", { name: /^Choose the assistant/ }).click();
  const picker = page.getByRole("dialog", { name: "Choose the assistant" });
  await picker.getByRole("searchbox").fill("number 200");
  await expect(picker.getByRole("listitem")).toHaveText(/Number 200/);
});
