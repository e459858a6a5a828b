// People who register and sign in, in any language.
import type { Browser, Page } from "@playwright/test";
import { text, type Language } from "./texts";

export type Person = { email: string; password: string };

/** Until the page is live, clicks do nothing. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator("html[data-live]").waitFor();
}

/** What a browser says of what a page of Hammock sends to it, for what is sent without a page. */
export const fromOurPage = { "sec-fetch-site": "same-origin" };

/** How many were made here. */
let made = 0;

/**
 * An address of a network of their own, as a proxy in front would tell it: from one address, only so many are let in within a quarter
 * of an hour, which quick tests are more than.
 */
function fromElsewhere(): { "x-forwarded-for": string } {
  made += 1;
  return { "x-forwarded-for": [10, process.pid, made >> 8, made].map((part) => part & 255).join(".") };
}

/**
 * Makes an account with an organisation of its own, and opens nothing. What the form would send is sent without it, since nearly every
 * test begins so; the form has tests of its own (newcomer, forms, organisation).
 */
export async function enrol(page: Page, who: Person, name = { first: "Nora", last: "Newcomer" }): Promise<void> {
  const form = {
    first_name: name.first,
    last_name: name.last,
    email: who.email,
    password: who.password,
    password_again: who.password,
    accept_terms: "on",
  };
  // As a browser would say it: it becomes the language of the person.
  const language = await page.evaluate(() => navigator.language);
  const headers = { ...fromOurPage, ...fromElsewhere(), "accept-language": language };
  const answer = await page.request.post("/register", { form, headers, maxRedirects: 0 });
  if (answer.status() !== 303) throw new Error(`/register: ${answer.status()} ${await answer.text()}`);
}

/** The same, and ends in the application. */
export async function register(page: Page, who: Person, name = { first: "Nora", last: "Newcomer" }): Promise<void> {
  await enrol(page, who, name);
  await open(page, "/");
}

export async function signIn(page: Page, who: Person, language: Language = "en"): Promise<void> {
  await page.goto("/sign-in");
  await page.locator("[name=email]").fill(who.email);
  await page.locator("[name=password]").fill(who.password);
  await page.getByRole("button", { name: text(language, "auth.sign_in"), exact: true }).click();
  // Leaving a page while it is still made live would abort the download of the interface, which the browser logs.
  await page.locator("html[data-live]").waitFor();
}

/** What the API answers who is signed in, whether a page is open or not. */
export async function make(page: Page, path: string, data: unknown): Promise<{ id: string }> {
  const answer = await page.request.post(path, { headers: fromOurPage, data });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return await answer.json();
}

/** An assistant without collections that writes what the provider at this address says. Gives the address of a chat with it. */
export async function writer(page: Page, base: string): Promise<string> {
  const connection = (await make(page, "/api/v1/connections", { name: "Ours", kind: "compatible", base_url: base })).id;
  const assistant = await make(page, "/api/v1/assistants", { name: "Writer", connection, model: "model-a", collections: [] });
  return `/chat?assistant=${assistant.id}`;
}

/** Asks in the chat that is open. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole("textbox", { name: "Ask a question" }).fill(question);
  await page.keyboard.press("Enter");
}

/** The cookies of somebody who has just registered. */
export async function newcomer(browser: Browser, who: Person): Promise<string> {
  const context = await browser.newContext();
  await enrol(await context.newPage(), who);
  const state = JSON.stringify(await context.storageState());
  await context.close();
  return state;
}
