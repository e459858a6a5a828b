// A conversation is shared by a link: it is read signed out, without a script, until the link is revoked.
import type { Page } from "@playwright/test";
import { answered, expect, expectAccessible, test } from "../support/page";
import { ask, enrol, open } from "../support/people";

const who = { email: "sharer@example.org", password: "hammocks are fine 1" };
const question = "How do I add a website?";

/** What a page asks for: the kind of each thing, and from where. */
function asked(page: Page): { kind: string; origin: string }[] {
  const all: { kind: string; origin: string }[] = [];
  page.on("request", (request) => all.push({ kind: request.resourceType(), origin: new URL(request.url()).origin }));
  return all;
}

/** Makes a link for anyone in the dialog that is open. Gives its address. */
async function shareWithAnyone(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog", { name: "Share this conversation" });
  await expect(dialog.getByRole("region", { name: "Preview" })).toContainText(question);
  await dialog.getByRole("radio", { name: /Anyone with the link/ }).check();
  await dialog.getByRole("switch", { name: /Show passages of the sources/ }).check();
  await dialog.getByRole("switch", { name: /Show how answers were made/ }).check();
  await dialog.getByRole("button", { name: "Create link" }).click();
  await expect(dialog.getByRole("status").first()).toHaveText("The link is ready. Copy it here.");
  const link = dialog.getByRole("link", { name: /\/share\// });
  await expect(link).toHaveCount(1);
  await expectAccessible(page);
  return (await link.getAttribute("href")) ?? "";
}

test("a conversation is read by its link until that is revoked", async ({ page, browser, complaints }) => {
  await enrol(page, who);
  await open(page, "/chat");
  // There is nothing to share yet.
  await expect(page.getByRole("button", { name: "Share", exact: true })).toHaveCount(0);
  await ask(page, question);
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer, 60_000);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const address = await shareWithAnyone(page);
  await page.keyboard.press("Escape");

  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ colorScheme, locale: "en-GB" });
    const reader = await context.newPage();
    reader.on("pageerror", (error) => complaints.push(String(error)));
    reader.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    const requests = asked(reader);
    await reader.goto(address);
    await expect(reader.getByRole("heading", { level: 1 })).toHaveText(question);
    await expect(reader.getByText("Shared with anyone who has the link.")).toBeVisible();
    await expect(reader.getByRole("button", { name: "Continue in a copy" })).toHaveCount(0);
    // A number in the text leads to its source, which opens without a script.
    await reader.locator("a.cite").first().click();
    await expect(reader).toHaveURL(/#message-2-source-\d+$/);
    await reader.locator(".sources summary").first().click();
    await expect(reader.locator(".sources blockquote").first()).toBeVisible();
    await reader.getByText("Show reasoning").click();
    await expectAccessible(reader);
    expect(requests.filter(({ kind, origin }) => kind === "script" || origin !== new URL(address).origin)).toEqual([]);
    expect(requests.length).toBeGreaterThan(1);
    await context.close();
  }

  // From the menu of its row: revoked, the address leads nowhere; taken back, it leads there again.
  await page.getByRole("button", { name: `Actions for ${question}` }).click();
  await page.getByRole("menuitem", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share this conversation" });
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await expect(dialog.getByText("The link was revoked")).toBeVisible();
  const context = await browser.newContext({ locale: "en-GB" });
  const reader = await context.newPage();
  expect((await reader.goto(address))?.status()).toBe(404);
  await expect(reader.getByRole("heading", { level: 1 })).toHaveText("This link leads nowhere");
  await expectAccessible(reader);
  await dialog.getByRole("button", { name: "Undo" }).click();
  await expect(dialog.getByRole("link", { name: /\/share\// })).toBeVisible();
  expect((await reader.goto(address))?.status()).toBe(200);
  await context.close();
  await page.keyboard.press("Escape");

  // Whoever is of the organisation goes on in a copy.
  const first = new URL(page.url()).pathname;
  await page.goto(address);
  await page.getByRole("button", { name: "Continue in a copy" }).click();
  await page.locator("html[data-live]").waitFor();
  await expect(page).toHaveURL(/\/chat\/conv_/);
  expect(new URL(page.url()).pathname).not.toBe(first);
  await expect(page.getByRole("article", { name: "Answer" })).toHaveText(/.{20,}/);
  await expect(page.locator(".conversation")).toHaveCount(2);
});

test("a link has the address by which everybody reaches the server, whatever the window of who shares has", async ({ browser, baseURL }) => {
  const { origin, port } = new URL(baseURL ?? "");
  // The same server by another name.
  const context = await browser.newContext({ baseURL: `http://localhost:${port}`, locale: "en-GB" });
  const page = await context.newPage();
  await enrol(page, { email: `shares-inside-${process.pid}@example.org`, password: who.password });
  await open(page, "/chat");
  expect(new URL(page.url()).hostname).toBe("localhost");
  await ask(page, question);
  await answered(page.getByRole("article", { name: "Answer" }), 60_000);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  expect(new URL(await shareWithAnyone(page)).origin).toBe(origin);
  await context.close();
});
