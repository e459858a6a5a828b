// What somebody has typed and not sent is theirs alone, also in a tab that another person uses after them.
import type { Page } from "@playwright/test";
import { expect, test } from "../support/page";
import { enrol, open, type Person, signIn } from "../support/people";

const password = "a hammock between trees 1";
const secret = "What does the doctor's letter mean?";

const input = (page: Page) => page.locator(".composer textarea");

/** What the tab keeps. */
const kept = (page: Page) => page.evaluate(() => JSON.stringify({ ...sessionStorage }));

/** Types something into a new chat, until the tab keeps it. */
async function type(page: Page): Promise<void> {
  await open(page, "/chat");
  await input(page).fill(secret);
  await expect.poll(() => kept(page)).toContain(secret);
}

/** Somebody else takes the tab over. */
async function expectNothingOfIt(page: Page, next: Person): Promise<void> {
  await enrol(page, next);
  await open(page, "/chat");
  await expect(input(page)).toBeFocused();
  await expect(input(page)).toHaveValue("");
  expect(await kept(page)).not.toContain(secret);
}

test("whoever signs out leaves nothing typed behind", async ({ page }) => {
  const nora = { email: `draft-nora-${process.pid}@example.org`, password };
  await enrol(page, nora);
  await type(page);
  await page.locator(".me-button").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect.poll(() => kept(page)).not.toContain(secret);
  await expectNothingOfIt(page, { email: `draft-next-${process.pid}@example.org`, password });
});

test("a sign-out that is refused loses nothing typed", async ({ page, request }) => {
  await enrol(page, { email: `draft-stays-${process.pid}@example.org`, password });
  await type(page);
  // What the server answers then is the page of the sign-in, at the address of the sign-out.
  const body = await (await request.get("/sign-in")).text();
  await page.route("**/sign-out", (route) => route.fulfill({ status: 503, contentType: "text/html; charset=utf-8", body }));
  await page.locator(".me-button").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-out/);
  await expect.poll(() => kept(page)).not.toContain("hammock-leaving");
  expect(await kept(page)).toContain(secret);
  await open(page, "/chat");
  await expect(input(page)).toHaveValue(secret);
  // Nor does a session that ends by itself later.
  await page.context().clearCookies();
  await page.goto("/sign-in");
  expect(await kept(page)).toContain(secret);
});

test("what was typed in a session that ended by itself is there for that person, and for nobody else", async ({ page }) => {
  const eva = { email: `draft-eva-${process.pid}@example.org`, password };
  await enrol(page, eva);
  await type(page);
  // Away from the page, so that nothing goes on there.
  await page.goto("about:blank");
  await page.context().clearCookies();
  await signIn(page, eva);
  await open(page, "/chat");
  await expect(input(page)).toHaveValue(secret);
  await page.goto("about:blank");
  await page.context().clearCookies();
  await expectNothingOfIt(page, { email: `draft-after-${process.pid}@example.org`, password });
});
