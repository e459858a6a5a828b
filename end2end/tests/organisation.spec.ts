import type { Page } from "@playwright/test";
import { answerLeaving, expect, expectAccessible, test } from "../support/page";

// One person registers; the tests after it use what the ones before it made.
test.describe.configure({ mode: "serial" });

const owner = { email: "marta@atelier-nord.example", password: "a hammock between trees 1" };
const colleague = { email: "jana@atelier-nord.example", password: "another hammock 2" };

async function signIn(page: Page, who: { email: string; password: string }) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  // Leaving a page while it is still made live would abort the download of the interface, which the browser logs as an error.
  await page.locator("html[data-live]").waitFor();
}

/** Until the page is live, clicks do nothing. */
async function open(page: Page, path: string) {
  await page.goto(path);
  await page.locator("html[data-live]").waitFor();
}

test("registering shows the password's rules, keeps what was typed, and ends in the application", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Create an account" }).click();
  await expectAccessible(page);
  await page.getByLabel("First name").fill("Marta");
  await page.getByLabel("Last name").fill("Nováková");
  await page.getByLabel("E-mail", { exact: true }).fill(owner.email);
  await page.getByLabel("Name of your organisation").fill("Atelier Nord");
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("short");
  await expect(page.locator("[data-rule=length]")).toHaveAttribute("data-met", "false");
  await password.fill(owner.password);
  for (const rule of await page.locator("[data-rule]").all()) await expect(rule).toHaveAttribute("data-met", "true");
  await page.getByLabel("Password once more").fill("something else 3");
  await page.getByLabel(/I accept the/).check();
  await page.getByRole("button", { name: "Create an account" }).click();
  await expect(page.getByText("The two passwords differ.")).toBeVisible();
  await expect(page.getByLabel("Last name")).toHaveValue("Nováková");
  await expect(password).toHaveValue(owner.password);
  await expectAccessible(page);
  await page.getByLabel("Password once more").fill(owner.password);
  await page.getByRole("button", { name: "Create an account" }).click();
  await expect(page.getByRole("button", { name: /Marta Nováková/ })).toContainText("Atelier Nord · Owner");
});

test("a password can be looked at before it is sent", async ({ page }) => {
  await page.goto("/sign-in");
  const password = page.getByLabel("Password", { exact: true });
  await password.fill(owner.password);
  await page.getByRole("button", { name: "Show the password" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Show the password" }).click();
  await expect(password).toHaveAttribute("type", "password");
});

test("the sign-in page speaks the language that is chosen on it", async ({ page }) => {
  await page.goto("/sign-in?next=/users");
  await page.getByRole("link", { name: "Čeština" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "cs");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Vítejte zpět");
  await expect(page.locator("input[name=next]")).toHaveValue("/users");
  await page.goto("/terms");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Podmínky používání");
  await expectAccessible(page);
});

test("an owner adds a person, who can sign in and sees less", async ({ page }) => {
  await signIn(page, owner);
  await open(page, "/users");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add a person" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a person" });
  await expect(dialog.getByLabel("First name")).toBeFocused();
  await expectAccessible(page);
  await dialog.getByLabel("First name").fill("Jana");
  await dialog.getByLabel("Last name").fill("Dvořáková");
  await dialog.getByLabel("E-mail", { exact: true }).fill(owner.email);
  await dialog.getByLabel("Invite by e-mail").uncheck();
  await dialog.getByRole("textbox", { name: "Password" }).fill(colleague.password);
  await dialog.getByRole("button", { name: "Add a person" }).click();
  await expect(dialog.getByText("There is an account with this e-mail address already.")).toBeVisible();
  await dialog.getByLabel("E-mail", { exact: true }).fill(colleague.email);
  await dialog.getByRole("button", { name: "Add a person" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /Jana Dvořáková/ })).toContainText("User");

  await page.getByRole("searchbox").fill("dvoř");
  await expect(page).toHaveURL(/q=dvo/);
  await expect(page.getByRole("row", { name: /Marta/ })).toBeHidden();
  await page.reload();
  await expect(page.getByRole("searchbox")).toHaveValue("dvoř");
  await expect(page.getByRole("row", { name: /Jana/ })).toBeVisible();
  await page.locator("html[data-live]").waitFor();
  await page.getByRole("searchbox").fill("nobody of this name");
  await expect(page.getByRole("heading", { name: "Nothing found" })).toBeVisible();
  await page.getByRole("link", { name: "Show everything" }).click();
  await expect(page.getByRole("row", { name: /Marta/ })).toBeVisible();
  await expect(page.getByRole("searchbox")).toHaveValue("");
  await expect(page.getByRole("searchbox")).toBeFocused();

  await page.context().clearCookies();
  await signIn(page, colleague);
  await expect(page.getByRole("link", { name: "Users" })).toBeHidden();
  const answer = await page.goto("/users");
  expect(answer?.status()).toBe(403);
  await expect(page.getByRole("heading", { name: "You do not have permission for this" })).toBeVisible();
  await expectAccessible(page);
});

test("an address that leads nowhere says so, and leads home", async ({ page }) => {
  await signIn(page, owner);
  const answer = await page.goto("/nowhere/at-all");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  await expectAccessible(page);
  await page.locator("html[data-live]").waitFor();
  await page.getByRole("link", { name: "Go to the start" }).click();
  await expect(page).toHaveURL(/\/chat$/);
  expect((await page.goto("/data/coll_unknown"))?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
});

test("the last owner stays", async ({ page }) => {
  await signIn(page, owner);
  await open(page, "/users");
  await page.getByRole("button", { name: "Actions for Marta Nováková" }).click();
  // What could only be refused is not offered.
  await expect(page.getByRole("menuitem", { name: "Edit" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Remove" })).toHaveCount(0);
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit a person" });
  await dialog.getByLabel("Role").selectOption({ label: "Administrator" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The last owner stays.");
  await page.keyboard.press("Escape");
  await answerLeaving(page, "Discard");
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Actions for Jana Dvořáková" }).click();
  await expect(page.getByRole("menuitem", { name: "Remove" })).toBeVisible();
  await page.keyboard.press("Escape");
  // In a part of the list nobody knows how many owners there are.
  await open(page, "/users?q=marta");
  await page.getByRole("button", { name: "Actions for Marta Nováková" }).click();
  await expect(page.getByRole("menuitem", { name: "Remove" })).toBeVisible();
});

test("a key is shown once, works, and stops working when it is revoked", async ({ page, request }) => {
  await signIn(page, owner);
  await open(page, "/keys");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Create a key" }).click();
  const dialog = page.getByRole("dialog", { name: "Create a key" });
  await dialog.getByLabel("Name").fill("Import script");
  await dialog.getByLabel("Role").selectOption({ label: "Administrator" });
  await dialog.getByRole("button", { name: "Create a key" }).click();
  const secret = (await dialog.locator(".secret code").textContent()) ?? "";
  expect(secret).toMatch(/^hk_/);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Done" }).click();

  const call = () => request.post("/api/fn/users/list_users", { headers: { "X-Api-Key": secret }, data: { page: {} } });
  const answer = await call();
  expect(answer.status()).toBe(200);
  expect((await answer.json()).items).toHaveLength(2);

  await page.getByRole("button", { name: "Revoke Import script" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No keys yet")).toBeVisible();
  const refused = await call();
  expect(refused.status()).toBe(401);
  expect((await refused.json()).error.code).toBe("invalid_key");
});

test("a connection that does not work is not stored, and says why", async ({ page }) => {
  await signIn(page, owner);
  await open(page, "/connections");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add a connection" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a connection" });
  await dialog.getByLabel("OpenAI-compatible").check();
  await dialog.getByLabel("Name").fill("Nowhere");
  await dialog.getByLabel("Address of the API").fill("http://127.0.0.1:9/v1");
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expect(dialog.getByText("The model provider cannot be reached: no connection could be made.")).toBeVisible();
  await expectAccessible(page);
  // Inside the operator's network: said at the field, and nothing is asked there.
  await dialog.getByLabel("Address of the API").fill("http://169.254.169.254/v1");
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expect(dialog.getByLabel("Address of the API")).toHaveAccessibleDescription(/server’s own network/);
  // What was typed is thrown away only when that is what is wanted.
  await page.keyboard.press("Escape");
  await answerLeaving(page, "Discard");
  await expect(page.getByText("No model provider yet")).toBeVisible();
});

test("language, appearance and password are the person's own", async ({ page }) => {
  await signIn(page, colleague);
  await open(page, "/account");
  await expectAccessible(page);
  await page.getByRole("button", { name: /Jana Dvořáková/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expectAccessible(page);
  await page.locator("html[data-live]").waitFor();
  await page.getByRole("button", { name: /Jana Dvořáková/ }).click();
  await page.getByRole("menuitemradio", { name: "Français" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Profil");
  await page.locator("html[data-live]").waitFor();
  await page.getByLabel("Mot de passe actuel").fill("not this one 1");
  await page.getByLabel("Nouveau mot de passe").fill("encore un hamac 3");
  await page.getByLabel("Confirmez le mot de passe").fill("encore un hamac 3");
  await page.getByRole("button", { name: "Changer le mot de passe" }).click();
  await expect(page.getByText("Ce n’est pas votre mot de passe actuel.")).toBeVisible();
  await page.getByLabel("Mot de passe actuel").fill(colleague.password);
  await page.getByRole("button", { name: "Changer le mot de passe" }).click();
  await expect(page.getByRole("status").getByText("Le mot de passe a été changé.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Profil");
});

test("on a phone the navigation is a drawer", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, owner);
  await open(page, "/users");
  const navigation = page.getByRole("navigation", { name: "Main navigation" });
  await expect(navigation).toBeHidden();
  await page.getByRole("button", { name: "Open navigation" }).click();
  await expect(navigation).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(navigation).toBeHidden();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
