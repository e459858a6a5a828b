// Visitors who say who they are: by a real OpenID provider in a window of Hammock's, and by what the page around signs.
import type { Locator, Page } from "@playwright/test";
import { Foreign, visitor } from "../support/foreign";
import { signedIdentity } from "../support/identity";
import { expectClosed, OpenId, openWindow, signInThere } from "../support/openid";
import { answered, expect, expectAccessible, test } from "../support/page";
import { open } from "../support/people";
import { Provider, says } from "../support/provider";
import { answer, ask, changeInterfaces, field, launcher, type Place, startWidget } from "../support/widget";

type Chat = HTMLElement & { identify(token?: string): void };

const who = { email: "widget-sign-in@example.org", password: "hammocks are fine 1" };
const provider = new Provider();
const foreign = new Foreign();
let openid: OpenId;
let owner: Page;
let hammock = "";
let assistant = "";
let script = "";
let element = "";

/** Sign-in with the provider, as it is offered unless said otherwise. */
async function configure(sign_in: object = {}): Promise<void> {
  const way = { name: "Shop ID", issuer: openid.issuer, client_id: openid.client.client_id };
  const settings = { public_chat: true, widget: true, origins: [foreign.origin], sign_in: { openid: way, ...sign_in } };
  await changeInterfaces(owner, assistant, settings);
}

test.beforeAll(async ({ browser }) => {
  ({ owner, hammock, assistant, script, element } = await startWidget(browser, who, provider, foreign));
});

test.beforeEach(async () => {
  provider.reset();
  provider.replies = [says("We open at **nine**.")];
  // One of its own for each test: its keys are looked for anew once a minute at most.
  openid = new OpenId(() => `${hammock}/public/sign-in/done`);
  await openid.start();
  await configure();
  await changeInterfaces(owner, assistant, { secret: openid.client.client_secret }, "put", "/openid-secret");
  foreign.pages = { "/": { body: script + element } };
});

test.afterEach(() => openid?.stop());

test.afterAll(async () => {
  await owner?.context().close();
  provider.stop();
  foreign.stop();
});

const way = (page: Place): Locator => page.getByRole("button", { name: "Sign in with Shop ID" });
const signedInAs = (page: Place, name: string): Locator => page.getByRole("status").filter({ hasText: `Signed in as ${name}` });

/** Signs in with the provider from the chat that is open. */
async function signIn(page: Page, login: string): Promise<void> {
  const popup = await openWindow(page, () => way(page).click());
  await signInThere(popup, login);
  await expectClosed(popup);
}

test("a visitor signs in on another website, and is known by name there and in the list of visitors", async ({ browser }) => {
  const policy = `default-src 'none'; script-src ${hammock} 'wasm-unsafe-eval'; connect-src ${hammock}`;
  foreign.pages["/"] = { body: script + element, policy };
  const context = await visitor(browser);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(foreign.origin);
  await launcher(page).click();
  await expect(way(page)).toBeVisible();
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await expectAccessible(page, "all", "driver");
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, "colours", "driver");
  await page.emulateMedia({ colorScheme: "light" });

  // What is typed stays, and the window comes with the press of the keyboard, too.
  await field(page).fill("When do you open?");
  await way(page).focus();
  const popup = await openWindow(page, () => page.keyboard.press("Enter"));
  await signInThere(popup, "eva");
  await expectClosed(popup);
  await expect(signedInAs(page, "Eva Novák")).toBeVisible();
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue("When do you open?");
  await page.keyboard.press("Enter");
  await expect(answer(page)).toContainText("We open at nine.");
  await answered(answer(page));
  await expectAccessible(page, "all", "driver");
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, "colours", "driver");

  await open(owner, `/assistants/${assistant}/visitors`);
  const row = owner.getByRole("row").filter({ hasText: "Eva Novák" });
  await expect(row).toContainText(foreign.origin);
  await expect(row).toContainText("Website widget");

  // The next page knows it, and another browser finds the conversation.
  await page.reload();
  await launcher(page).click();
  await expect(signedInAs(page, "Eva Novák")).toBeVisible();
  await expect(answer(page)).toContainText("We open at nine.");
  const second = await visitor(browser);
  const elsewhere = await second.newPage();
  await elsewhere.goto(foreign.origin);
  await launcher(elsewhere).click();
  await signIn(elsewhere, "eva");
  await expect(signedInAs(elsewhere, "Eva Novák")).toBeVisible();
  await expect(answer(elsewhere)).toContainText("We open at nine.");
  await second.close();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await expect(way(page)).toBeFocused();
  await expect(answer(page)).toHaveCount(0);
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  expect(complaints.filter((text) => !text.startsWith("Failed to load resource"))).toEqual([]);
  await context.close();
});

test("who has asked already keeps the conversation when signing in", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await ask(page, "When do you open?");
  await answered(answer(page));
  await signIn(page, "olga");
  await expect(signedInAs(page, "Olga Novák")).toBeVisible();
  await expect(answer(page)).toHaveCount(1);
  await ask(page, "And on Sundays?");
  await expect(answer(page)).toHaveCount(2);
  await answered(answer(page).last());
  expect(provider.prompts.at(-1)).toContain("When do you open?");
  await open(owner, `/assistants/${assistant}/visitors`);
  await expect(owner.getByRole("row").filter({ hasText: "Olga Novák" })).toHaveCount(1);
  await context.close();
});

test("an identity for somebody else, or one that has ended, signs nobody in; a provider that has changed its keys still does", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await field(page).fill("When do you open?");
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;
  let login = true;
  for (const changed of [{ aud: "another-client" }, { exp: hourAgo, iat: hourAgo - 60 }, { iss: "https://elsewhere.example" }]) {
    openid.changed = changed;
    const before = openid.given;
    const popup = await openWindow(page, () => way(page).click());
    // The provider remembers who is there after the first time.
    if (login) await signInThere(popup, "eva");
    login = false;
    await expect(page.getByText("You could not be signed in. Try again.")).toBeVisible();
    expect(openid.given).toBe(before + 1);
    await expect(popup).toHaveURL(new RegExp(`^${hammock}/public/sign-in/done`));
    await expectAccessible(popup, "all", "driver");
    await popup.close();
    await expect(way(page)).toBeVisible();
  }
  expect(await page.evaluate(() => localStorage.length)).toBe(0);

  openid.changed = {};
  await expectClosed(await openWindow(page, () => way(page).click()));
  await expect(signedInAs(page, "Eva Novák")).toBeVisible();
  await expect(field(page)).toHaveValue("When do you open?");
  await page.getByRole("button", { name: "Sign out" }).click();
  // Whoever comes next does not find it.
  await expect(field(page)).toHaveValue("");
  // With its keys the provider forgets who is there.
  openid.rotate("second");
  await signIn(page, "eva");
  await expect(signedInAs(page, "Eva Novák")).toBeVisible();
  await context.close();
});

test("a window that is blocked or closed says so, and can be tried again", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await field(page).fill("When do you open?");
  const popup = await openWindow(page, () => way(page).click());
  await expect(popup.getByPlaceholder("Enter any login")).toBeVisible();
  await popup.close();
  await expect(page.getByRole("alert")).toHaveText("The window was closed before you were signed in. Try again.");
  await expectAccessible(page);

  // What a browser gives that opens no window.
  await page.evaluate(() => {
    const opens = window.open;
    window.open = () => {
      window.open = opens;
      return null;
    };
  });
  await way(page).click();
  await expect(page.getByRole("alert")).toContainText("Your browser blocked the window to sign in.");
  await signIn(page, "eva");
  await expect(page.getByRole("alert")).toHaveText("");
  await expect(signedInAs(page, "Eva Novák")).toBeVisible();
  await expect(field(page)).toHaveValue("When do you open?");
  await context.close();
});

test("who cancels at the provider is told, and what was typed stays", async ({ browser }) => {
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  await field(page).fill("When do you open?");
  const popup = await openWindow(page, () => way(page).click());
  await popup.getByRole("link", { name: "[ Cancel ]" }).click();
  await expect(page.getByRole("alert")).toHaveText("You could not be signed in. Try again.");
  await expect(field(page)).toHaveValue("When do you open?");
  await context.close();
});

test("the window speaks the language of the chat, whatever the browser's is", async ({ browser }) => {
  foreign.pages["/"] = { body: `${script}<hammock-chat assistant="${assistant}" lang="cs"></hammock-chat>` };
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await page.getByRole("button", { name: "Napište nám" }).click();
  const popup = await openWindow(page, () => page.getByRole("button", { name: "Přihlásit se přes Shop ID" }).click());
  await popup.getByRole("link", { name: "[ Cancel ]" }).click();
  await expect(popup.getByRole("heading", { name: "Nejste přihlášeni" })).toBeVisible();
  await expectAccessible(popup, "all", "driver");
  await context.close();
});

test("the public chat can require it: nothing is asked before", async ({ browser }) => {
  await configure({ required: true });
  const context = await visitor(browser, { viewport: { width: 390, height: 780 } });
  const page = await context.newPage();
  await page.goto(`${hammock}/public/${assistant}`);
  await expect(page.getByRole("status").filter({ hasText: "Sign in to chat." })).toBeVisible();
  await ask(page, "When do you open?");
  await expect(page.getByRole("alert")).toHaveText("Sign in to chat.");
  await expect(way(page)).toBeFocused();
  await expect(field(page)).toHaveValue("When do you open?");
  expect(provider.prompts).toEqual([]);
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page, "colours");

  // The server does not let anybody in either.
  const headers = { origin: hammock };
  const entry = await page.request.post(`/api/v1/public/assistants/${assistant}/visitors`, { headers, data: {} });
  expect(await entry.json()).toEqual({ state: "sign_in_required" });

  await signIn(page, "rita");
  await expect(signedInAs(page, "Rita Novák")).toBeVisible();
  await field(page).press("Enter");
  await expect(answer(page)).toContainText("We open at nine.");
  await page.getByRole("button", { name: "Close" }).click();
  await expect(page.getByText("The chat is closed.")).toBeVisible();
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await expect(way(page)).toBeVisible();
  await context.close();
});

/** An identity as a website's server signs it. */
const signed = (secret: string, claims: object) => signedIdentity(secret, assistant, claims);

test.describe("a website says who its visitor is", () => {
  let secret = "";

  test.beforeEach(async () => {
    await configure({ openid: null, signed_identity: true, required: true });
    secret = String((await changeInterfaces(owner, assistant, {}, "post", "/identity-secret")).secret);
  });

  const withIdentity = (identity: string, more = "") =>
    `${script}<hammock-chat assistant="${assistant}" identity="${identity}" ${more}></hammock-chat>`;

  test("and the visitor asks under that name", async ({ browser }) => {
    foreign.pages["/"] = { body: withIdentity(signed(secret, { sub: "17", name: "Petra Malá", email: "petra@example.org" })) };
    foreign.pages["/out"] = { body: script + element };
    const context = await visitor(browser);
    const page = await context.newPage();
    await page.goto(foreign.origin);
    await launcher(page).click();
    await expect(signedInAs(page, "Petra Malá")).toBeVisible();
    await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
    await ask(page, "When do you open?");
    await expect(answer(page)).toContainText("We open at nine.");
    await answered(answer(page));
    await expectAccessible(page);
    await open(owner, `/assistants/${assistant}/visitors`);
    await expect(owner.getByRole("row").filter({ hasText: "Petra Malá" })).toHaveCount(1);

    // On a page that no longer says it, nothing of it is left.
    await page.goto(`${foreign.origin}/out`);
    await launcher(page).click();
    await expect(page.getByRole("status").filter({ hasText: "Sign in on this website to chat." })).toBeVisible();
    await expect(answer(page)).toHaveCount(0);
    // Scripts say it, too; and take it back.
    await page.evaluate(
      (token) => (document.querySelector("hammock-chat") as Chat).identify(token),
      signed(secret, { sub: "17", name: "Petra Malá" }),
    );
    await expect(signedInAs(page, "Petra Malá")).toBeVisible();
    await expect(answer(page)).toContainText("We open at nine.");
    await page.evaluate(() => (document.querySelector("hammock-chat") as Chat).identify());
    await expect(answer(page)).toHaveCount(0);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    // So does the attribute, while the page stays open.
    await page.evaluate(
      (token) => document.querySelector("hammock-chat")!.setAttribute("identity", token),
      signed(secret, { sub: "17", name: "Petra Malá" }),
    );
    await expect(signedInAs(page, "Petra Malá")).toBeVisible();
    await page.evaluate(() => document.querySelector("hammock-chat")!.removeAttribute("identity"));
    await expect(answer(page)).toHaveCount(0);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await context.close();
  });

  test("wrongly: the page hears of it, it is reported, and nobody is let in", async ({ browser }) => {
    const now = Math.floor(Date.now() / 1000);
    for (const identity of [
      signed("another secret", { sub: "17" }),
      signed(secret, { sub: "17", aud: "asst_another" }),
      signed(secret, { sub: "17", exp: now - 600, iat: now - 1200 }),
      signed(secret, { name: "Nobody" }),
    ]) {
      foreign.pages["/"] = {
        body: withIdentity(identity),
        head: "<script>heard = []; document.addEventListener('hammock:error', (event) => heard.push(event.detail.code));</script>",
      };
      const context = await visitor(browser);
      const page = await context.newPage();
      await page.goto(foreign.origin);
      await launcher(page).click();
      await expect(page.getByRole("status").filter({ hasText: "Sign in on this website to chat." })).toBeVisible();
      await expect.poll(() => page.evaluate("heard")).toEqual(["invalid_identity"]);
      await context.close();
    }
    await open(owner, `/assistants/${assistant}/interfaces`);
    const row = owner.getByRole("row").filter({ hasText: "invalid_identity" });
    await expect(row.first()).toContainText(foreign.origin);
  });

  test("also where the chat stands in a frame", async ({ browser }) => {
    const body = withIdentity(signed(secret, { sub: "18", name: "Jan Dub" }), 'mode="iframe"');
    foreign.pages["/"] = { body, policy: `default-src 'none'; script-src ${hammock}; frame-src ${hammock}` };
    const context = await visitor(browser);
    const page = await context.newPage();
    await page.goto(foreign.origin);
    await launcher(page).click();
    const frame = page.frameLocator("iframe");
    await expect(signedInAs(frame, "Jan Dub")).toBeVisible();
    await ask(frame, "When do you open?");
    await expect(answer(frame)).toContainText("We open at nine.");
    await context.close();
  });
});

test("in a frame a visitor signs in by the window, too", async ({ browser }) => {
  const body = `${script}<hammock-chat assistant="${assistant}" mode="iframe"></hammock-chat>`;
  foreign.pages["/"] = { body, policy: `default-src 'none'; script-src ${hammock}; frame-src ${hammock}` };
  const context = await visitor(browser);
  const page = await context.newPage();
  await page.goto(foreign.origin);
  await launcher(page).click();
  const frame = page.frameLocator("iframe");
  const popup = await openWindow(page, () => way(frame).click());
  await signInThere(popup, "filip");
  await expectClosed(popup);
  await expect(signedInAs(frame, "Filip Novák")).toBeVisible();
  await context.close();
});
