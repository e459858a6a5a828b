// An assistant whose chat stands on the pages of another origin: who owns it, and what a visitor sees of it.
import type { Browser, BrowserContext, Locator, Page, Route } from "@playwright/test";
import type { Foreign } from "./foreign";
import { expect } from "./page";
import { type Person, register, writer } from "./people";
import type { Provider } from "./provider";

/** The page of its owner, the origin of Hammock, its id, and the two tags that put its chat on a page. */
export type Widget = { owner: Page; hammock: string; assistant: string; script: string; element: string };

/** Starts the provider and the website, and makes an assistant that writes what the provider says. */
export async function startWidget(browser: Browser, who: Person, provider: Provider, foreign: Foreign): Promise<Widget> {
  await provider.start();
  await foreign.start();
  const owner = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await register(owner, who);
  const hammock = new URL(owner.url()).origin;
  const chat = await writer(owner, provider.base);
  const assistant = new URL(chat, hammock).searchParams.get("assistant") ?? "";
  const script = `<script async src="${hammock}/embed.js"></script>`;
  const element = `<hammock-chat assistant="${assistant}"></hammock-chat>`;
  return { owner, hammock, assistant, script, element };
}

/** Changes something of an assistant's interfaces, and gives what the server answers. */
export async function changeInterfaces(
  owner: Page,
  assistant: string,
  data: unknown,
  method: "put" | "post" = "put",
  below = "",
): Promise<Record<string, unknown>> {
  const path = `/api/v1/assistants/${assistant}/interfaces${below}`;
  const answer = await owner.request[method](path, { headers: { origin: new URL(owner.url()).origin }, data });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : {};
}

/** Where the loader asks how an assistant's launcher looks, before anybody presses it. */
export const lookOf = (hammock: string, assistant: string): string => `${hammock}/embed/look/${assistant}`;

/** A page with the chat on it, or what is inside of one. */
export type Place = Pick<Page, "getByRole" | "getByText">;

export const launcher = (page: Place): Locator => page.getByRole("button", { name: "Chat with us" });
export const field = (page: Place): Locator => page.getByRole("textbox", { name: "Write a message…" });
export const answer = (page: Place): Locator => page.getByRole("article", { name: "Answer" });

/** Asks in the chat that is open. */
export async function ask(page: Place, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Enter");
}

/** A page with the chat open. */
export async function openChat(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await launcher(page).click();
  await expect(field(page)).toBeVisible();
  return page;
}

/** Refuses a request of the chat, as the server does. */
export const refuses = (status: number, code: string) => (route: Route) =>
  route.fulfill({ status, headers: { "access-control-allow-origin": "*" }, json: { error: { code, message: code } } });

/** Lets a question arrive at the server, and nothing of its answer at the chat on a page of this origin. */
export const unheard = (origin: string) => (route: Route) => {
  route.fetch({ headers: { ...route.request().headers(), origin } }).catch(() => {});
};
