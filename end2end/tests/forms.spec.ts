// Every faulty field of a form is told at once, in the language of the page, and what was typed stays.
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, open, register } from "../support/people";
import { languages, locales, text } from "../support/texts";

const password = "a hammock between trees 1";
const field = (page: Page, name: string) => page.locator(`[name=${name}]`);

/** A field says beside it, and to a screen reader, what is wrong with it. */
async function expectFault(input: Locator, message: string) {
  await expect(input).toHaveAttribute("aria-invalid", "true");
  await expect(input).toHaveAccessibleDescription(new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
}

async function expectNoFault(input: Locator) {
  await expect(input).not.toHaveAttribute("aria-invalid", "true");
}

test("registering tells every faulty field, and the messages go with the faults", async ({ page }) => {
  await page.goto("/register");
  const sent: string[] = [];
  page.on("request", (request) => { if (request.method() === "POST") sent.push(request.url()); });
  const submit = page.getByRole("button", { name: "Create an account" });
  await field(page, "last_name").fill("L".repeat(81));
  await field(page, "organisation").fill("O".repeat(121));
  await field(page, "email").fill("ada");
  await field(page, "password").fill("short");
  await field(page, "password_again").fill("another one 2");
  await submit.click();

  await expectFault(field(page, "first_name"), "Please fill this in.");
  await expectFault(field(page, "email"), "This is not an e-mail address.");
  await expectFault(field(page, "password"), "The password needs at least 8 characters");
  await expectFault(field(page, "password_again"), "The two passwords differ.");
  await expectFault(field(page, "accept_terms"), "Please accept the terms and the privacy policy.");
  // What is too long is told with the rest, not in a second round.
  await expectFault(field(page, "last_name"), "This is too long. At most 80 characters are allowed.");
  await expectFault(field(page, "organisation"), "This is too long. At most 120 characters are allowed.");
  await expect(field(page, "first_name")).toBeFocused();
  expect(sent, "nothing faulty is sent").toEqual([]);
  await expectAccessible(page);

  // A fault is gone once its field is changed; the others stay.
  await field(page, "first_name").fill("Ada");
  await expectNoFault(field(page, "first_name"));
  await field(page, "last_name").fill("Lovelace");
  await expectNoFault(field(page, "last_name"));
  await field(page, "organisation").fill("");
  await expectNoFault(field(page, "organisation"));
  await expectFault(field(page, "email"), "This is not an e-mail address.");
  await field(page, "password").fill(password);
  await expectNoFault(field(page, "password"));
  await expectNoFault(field(page, "password_again"));
  await submit.click();
  await expectFault(field(page, "password_again"), "The two passwords differ.");
  await expect(field(page, "email")).toBeFocused();
});

test("a password that is too long is not cut off, but refused", async ({ page }) => {
  const long = "a hammock 1 ".repeat(25);
  const fault = "The password may have at most 256 characters.";
  await page.goto("/register");
  await field(page, "password").fill(long);
  await field(page, "password_again").fill(long);
  await page.getByRole("button", { name: "Create an account" }).click();
  await expectFault(field(page, "password"), fault);
  await expect(field(page, "password")).toHaveValue(long);

  await enrol(page, { email: `long-password-${process.pid}@example.org`, password });
  await open(page, "/account");
  await field(page, "current").fill(password);
  await field(page, "password").fill(long);
  await field(page, "password_again").fill(long);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expectFault(field(page, "password"), fault);
  await expect(field(page, "password")).toHaveValue(long);
  await expectAccessible(page);
});

test("a name that is too long, or has a character that cannot be used, is refused whole", async ({ page }) => {
  await enrol(page, { email: `long-name-${process.pid}@example.org`, password });
  await open(page, "/organisation");
  const name = field(page, "name");
  const save = page.getByRole("button", { name: "Save", exact: true }).first();
  const long = "Atelier ".repeat(50).trim();
  await name.fill(long);
  await save.click();
  await expectFault(name, "This is too long. At most 120 characters are allowed.");
  await expect(name).toHaveValue(long);
  await name.fill("Atelier \u202edroN");
  await save.click();
  await expectFault(name, "This contains a character that cannot be used (U+202E).");
  await name.fill("Atelier Nord");
  await expectNoFault(name);
  await save.click();
  await expect(page.locator(".toast")).toContainText("Saved.");
});

test("what only the server knows is told beside its field, and nothing typed is lost", async ({ page }) => {
  const who = { email: "taken@example.org", password };
  await register(page, who);
  await page.context().clearCookies();
  await page.goto("/register");
  const submit = page.getByRole("button", { name: "Create an account" });
  const typed = { first_name: "Ada", last_name: "Lovelace", email: who.email, password, password_again: password };
  for (const [name, value] of Object.entries(typed)) await field(page, name).fill(value);
  await field(page, "accept_terms").check();
  await submit.click();
  await expectFault(field(page, "email"), "There is an account with this e-mail address already.");
  await expect(field(page, "email")).toBeFocused();
  await expect(field(page, "password")).toHaveValue(password);
  await expect(field(page, "password_again")).toHaveValue(password);
  await expect(field(page, "accept_terms")).toBeChecked();
  await expectAccessible(page);

  // The server cannot be reached for once.
  await page.route("**/register", (route) => route.abort(), { times: 1 });
  await field(page, "email").fill("not-taken@example.org");
  await submit.click();
  await expect(page.getByRole("alert")).toContainText("The server cannot be reached at the moment.");
  await expect(field(page, "password")).toHaveValue(password);
  await submit.click();
  await page.locator("html[data-live]").waitFor();
  await expect(page.getByRole("button", { name: /Ada Lovelace/ })).toBeVisible();
});

for (const language of languages) {
  test.describe(`in ${language}`, () => {
    // The browser speaks another language than the page.
    test.use({ locale: locales[language === "fr" ? "cs" : "fr"] });

    test("the page speaks, not the browser", async ({ page }) => {
      await page.goto(`/sign-in?lang=${language}`);
      await page.getByRole("button", { name: text(language, "auth.sign_in"), exact: true }).click();
      await expectFault(field(page, "email"), text(language, "form.missing"));
      await expectFault(field(page, "password"), text(language, "form.missing"));
      await page.goto("/forgotten-password");
      await field(page, "email").fill("nobody");
      await page.getByRole("button", { name: text(language, "auth.send_link") }).click();
      await expectFault(field(page, "email"), text(language, "error.invalid_email"));
      await field(page, "email").fill("nobody@example.org");
      await page.getByRole("button", { name: text(language, "auth.send_link") }).click();
      await expect(page.getByRole("status")).toHaveText(text(language, "auth.link_sent"));
      await expectAccessible(page);
    });
  });
}

test("a link that has ended says so before a password is thought up", async ({ page }) => {
  await page.goto("/new-password?token=used-long-ago");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link no longer works");
  await expect(field(page, "password")).toHaveCount(0);
  await page.getByRole("link", { name: "Send the link" }).click();
  await expect(page).toHaveURL(/\/forgotten-password$/);
});

test("the dialog that adds a person tells every faulty field", async ({ page }) => {
  await enrol(page, { email: "adder@example.org", password });
  await open(page, "/users");
  await page.getByRole("button", { name: "Add a person" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a person" });
  await dialog.getByLabel("E-mail", { exact: true }).fill("jana");
  await dialog.getByLabel("Invite by e-mail").uncheck();
  await dialog.getByRole("textbox", { name: "Password" }).fill("short");
  await dialog.getByRole("button", { name: "Add a person" }).click();
  await expectFault(dialog.getByLabel("First name"), "Please fill this in.");
  await expectFault(dialog.getByLabel("Last name"), "Please fill this in.");
  await expectFault(dialog.getByLabel("E-mail", { exact: true }), "This is not an e-mail address.");
  await expectFault(dialog.getByRole("textbox", { name: "Password" }), "The password needs at least 8 characters");
  await expect(dialog.getByLabel("First name")).toBeFocused();
  await expectAccessible(page);
  // What is too long is found together, too, before anything is sent.
  await dialog.getByLabel("First name").fill("J".repeat(81));
  await dialog.getByLabel("Last name").fill("D".repeat(81));
  await dialog.getByLabel("Telephone").fill("4".repeat(41));
  await dialog.getByRole("button", { name: "Add a person" }).click();
  await expectFault(dialog.getByLabel("First name"), "This is too long. At most 80 characters are allowed.");
  await expectFault(dialog.getByLabel("Last name"), "This is too long. At most 80 characters are allowed.");
  await expectFault(dialog.getByLabel("Telephone"), "This is too long. At most 40 characters are allowed.");
  await dialog.getByLabel("Telephone").fill("");
  await dialog.getByLabel("First name").fill("Jana");
  await expectNoFault(dialog.getByLabel("First name"));
  await dialog.getByLabel("Last name").fill("Dvořáková");
  await dialog.getByLabel("E-mail", { exact: true }).fill("adder@example.org");
  await dialog.getByRole("textbox", { name: "Password" }).fill(password);
  await dialog.getByRole("button", { name: "Add a person" }).click();
  await expectFault(dialog.getByLabel("E-mail", { exact: true }), "There is an account with this e-mail address already.");
  await expect(dialog.getByLabel("E-mail", { exact: true })).toBeFocused();
  await expect(dialog.getByRole("textbox", { name: "Password" })).toHaveValue(password);
});

test("a provider that needs a key is not asked without one", async ({ page }) => {
  await enrol(page, { email: "keyless@example.org", password });
  await open(page, "/connections");
  const sent: string[] = [];
  page.on("request", (request) => { if (request.url().includes("create_connection")) sent.push(request.url()); });
  await page.getByRole("button", { name: "Add a connection" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a connection" });
  const key = dialog.getByLabel("API key");
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expectFault(key, "Please fill this in.");
  await expect(key).toBeFocused();
  expect(sent, "nothing faulty is sent").toEqual([]);
  await expectAccessible(page);
  await dialog.getByLabel("OpenAI-compatible").check();
  await expectNoFault(key);
  await expect(key).not.toHaveAttribute("required");
  const address = dialog.getByLabel("Address of the API");
  await address.fill("our server");
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expectFault(address, "This is not a web address. Such an address begins with https:// or http://.");
  expect(sent, "nothing faulty is sent").toEqual([]);
  await dialog.getByLabel("Azure AI Foundry").check();
  await expect(key).toHaveAttribute("required");
  await dialog.getByLabel("Ollama").check();
  await expect(key).toHaveCount(0);
});

test("the chooser of files offers what can be read", async ({ page }) => {
  await register(page, { email: "picker@example.org", password });
  const headers = { origin: new URL(page.url()).origin };
  const made = await page.request.post("/api/v1/collections", { headers, data: { name: "Shelf", description: "" } });
  await open(page, `/data/${(await made.json()).id}`);
  const accept = (await page.locator("input[type=file][name=file]").getAttribute("accept")) ?? "";
  for (const ending of [".pdf", ".docx", ".xlsx", ".md", ".txt"]) expect(accept.split(",")).toContain(ending);
  expect(accept.split(",")).not.toContain(".exe");
});
