// How visitors sign in, as it is set: off, offered or required; the secrets for it, which are shown once or never.
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";

const password = "a hammock between trees 1";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** Somebody new with an assistant, whose interfaces are open. */
async function begin(page: Page, who: string): Promise<string> {
  await enrol(page, { email: `${who}-${process.pid}@example.org`, password });
  const { id } = await make(page, "/api/v1/assistants", { name: "Shop help", collections: [] });
  await open(page, `/assistants/${id}/interfaces`);
  return id;
}

const field = (page: Page, name: string) => page.locator(`.assistant-form [name=${name}]`);
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true });
const mode = (page: Page) => page.getByRole("combobox", { name: "Sign-in of visitors" });
const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

async function inBothColours(page: Page): Promise<void> {
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, "colours");
  await page.emulateMedia({ colorScheme: "light" });
}

test("sign-in is offered with a provider, and each field says what is wrong with it", async ({ page }) => {
  const id = await begin(page, "sign-in-settings");
  await expect(mode(page)).toHaveValue("off");
  await expect(field(page, "issuer")).toHaveCount(0);
  await mode(page).selectOption("Required");
  await save(page).click();
  await expect(mode(page)).toHaveAccessibleDescription("Please enter at least one way to sign in below, or choose Off.");
  await expect(mode(page)).toBeFocused();

  await mode(page).selectOption("Offered");
  await page.getByRole("button", { name: "Copy the redirect address" }).click();
  expect(await copied(page)).toBe(`${new URL(page.url()).origin}/public/sign-in/done`);
  await field(page, "google_client_id").fill("1.apps.googleusercontent.com");
  await field(page, "issuer").fill("ftp://id.example.com");
  await field(page, "client_id").fill("hammock");
  await inBothColours(page);
  await save(page).click();
  await expect(field(page, "issuer")).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, "issuer")).toBeFocused();
  await field(page, "issuer").fill("https://id.example.com");
  await save(page).click();
  await expect(field(page, "name")).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, "name")).toBeFocused();
  await field(page, "name").fill("Shop ID");
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  const shown = await (await page.request.get(`/api/v1/assistants/${id}/interfaces`)).json();
  expect(shown.settings.sign_in).toEqual({
    required: false,
    google_client_id: "1.apps.googleusercontent.com",
    openid: { name: "Shop ID", issuer: "https://id.example.com", client_id: "hammock" },
    signed_identity: false,
    off: false,
  });

  // The secret is stored by itself, and is not shown again.
  const secret = page.getByLabel("Client secret", { exact: true });
  await expect(secret).toHaveAccessibleDescription("Stored encrypted and never shown again.");
  await secret.fill("a secret of the provider");
  await page.getByRole("button", { name: "Store the secret" }).click();
  await expect(page.locator(".toasts")).toContainText("The secret is stored.");
  await expect(secret).toHaveValue("");
  await expect(secret).toHaveAccessibleDescription("A secret is stored. A new one takes its place.");
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(mode(page)).toHaveValue("offered");
  await expect(secret).toHaveValue("");
  await inBothColours(page);
  await page.getByRole("button", { name: "Remove the secret" }).click();
  await expect(page.locator(".toasts")).toContainText("The secret is removed.");
  await expect(page.getByRole("button", { name: "Remove the secret" })).toHaveCount(0);
  // The button that had the focus is gone.
  await expect(page.locator("main")).toBeFocused();

  // It is not for another client, and that is said before and afterwards.
  await secret.fill("a secret of the provider");
  await page.getByRole("button", { name: "Store the secret" }).click();
  await expect(page.getByRole("button", { name: "Remove the secret" })).toBeVisible();
  const warning = page.getByText("This removes the stored client secret when you save");
  await expect(warning).toHaveCount(0);
  await field(page, "client_id").fill("another");
  await expect(warning).toBeVisible();
  await save(page).click();
  await expect(page.locator(".toasts")).toContainText("The client secret was removed");
  await expect(warning).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Remove the secret" })).toHaveCount(0);
  await field(page, "client_id").fill("hammock");
  await save(page).click();
  await expect(save(page)).toHaveCount(0);

  // Off keeps what was set, and shows it again.
  await mode(page).selectOption("Off");
  await expect(mode(page)).toHaveAccessibleDescription("Visitors stay anonymous. What you have set for the sign-in is kept.");
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  await expect(secret).toHaveCount(0);
  await expect(field(page, "issuer")).toHaveCount(0);
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(mode(page)).toHaveValue("off");
  await expect(save(page)).toHaveCount(0);
  await mode(page).selectOption("Required");
  await expect(field(page, "google_client_id")).toHaveValue("1.apps.googleusercontent.com");
  await expect(field(page, "issuer")).toHaveValue("https://id.example.com");
  await expect(field(page, "client_id")).toHaveValue("hammock");
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  await expect(secret).toBeVisible();
});

test("a website's secret is shown once, and made anew or removed only after a question", async ({ page }) => {
  const id = await begin(page, "signed-identity");
  await mode(page).selectOption("Offered");
  await page.getByRole("switch", { name: /^The website says who its visitor is/ }).check();
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  await expect(page.getByText("There is no secret yet.")).toBeVisible();
  await page.getByRole("button", { name: "Make a secret" }).click();
  await expect(page.getByText("Copy the secret to your server now: it cannot be shown again.")).toBeVisible();
  await page.getByRole("button", { name: "Copy the secret" }).click();
  const first = await copied(page);
  expect(first).toMatch(/^[\w-]{43}$/);
  await expect(page.getByText("The secret was made")).toBeVisible();
  await inBothColours(page);

  await page.getByRole("button", { name: "Copy the snippet with an identity" }).click();
  expect(await copied(page)).toContain(`<hammock-chat assistant="${id}" identity="`);
  await page.getByText("How your server signs", { exact: true }).click();
  for (const language of ["Node.js", "PHP", "Python"]) await expect(page.getByText(language, { exact: true })).toBeVisible();
  await expect(page.locator("pre.snippet").filter({ hasText: "createHmac" })).toContainText(`aud: "${id}"`);
  await inBothColours(page);

  // It is nowhere else.
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(page.getByText(first)).toHaveCount(0);
  // The one on the page; that of the question comes behind it.
  const again = page.getByRole("button", { name: "Make a new secret" }).first();
  await again.click();
  const question = page.getByRole("dialog", { name: "Make a new secret?" });
  await expect(question).toContainText("The old one stops working at once");
  await expectAccessible(page);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(again).toBeFocused();
  await again.click();
  await question.getByRole("button", { name: "Make a new secret" }).click();
  await expect(question).toBeHidden();
  await page.getByRole("button", { name: "Copy the secret" }).click();
  const second = await copied(page);
  expect(second).toMatch(/^[\w-]{43}$/);
  expect(second).not.toBe(first);

  // Removed, it is gone for good, and another one can be made.
  const remove = page.getByRole("button", { name: "Remove the secret" }).first();
  await remove.click();
  const removal = page.getByRole("dialog", { name: "Remove the secret?" });
  await expect(removal).toContainText("What your server signs is no longer accepted");
  await expectAccessible(page);
  await removal.getByRole("button", { name: "Cancel" }).click();
  await expect(remove).toBeFocused();
  await remove.click();
  await removal.getByRole("button", { name: "Remove the secret" }).click();
  await expect(removal).toBeHidden();
  await expect(page.locator(".toasts")).toContainText("The secret is removed.");
  await expect(page.getByText("There is no secret yet.")).toBeVisible();
  await expect(remove).toHaveCount(0);
  await expect(page.getByText(second)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Make a secret" })).toBeFocused();
});
