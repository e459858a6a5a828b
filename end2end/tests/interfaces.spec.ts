// The interfaces of an assistant: switched on, coloured so that they can be read, previewed as they are typed, checked on a
// page; and its visitors.
import { createServer, type Server } from "node:http";
import type { Page } from "@playwright/test";
import { uploadAndRead } from "../support/documents";
import { answerLeaving, expect, expectAccessible, test } from "../support/page";
import { enrol, make, open, register } from "../support/people";

const password = "a hammock between trees 1";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** A website that shows one page, with or without a content policy. */
class Website {
  body = "<p>Nothing here.</p>";
  policy = "";
  private server: Server | undefined;
  address = "";

  async start(): Promise<void> {
    const server = createServer((_, response) => {
      const policy = this.policy ? { "content-security-policy": this.policy } : {};
      response.writeHead(200, { "content-type": "text/html", ...policy });
      response.end(`<!doctype html><title>Shop</title>${this.body}`);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const bound = server.address();
    this.address = typeof bound === "object" && bound ? `http://127.0.0.1:${bound.port}` : "";
    this.server = server;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

const website = new Website();
test.beforeAll(() => website.start());
test.afterAll(() => website.stop());

/** Somebody new with an assistant, whose interfaces are open. */
async function begin(page: Page, who: string): Promise<string> {
  await enrol(page, { email: `${who}-${process.pid}@example.org`, password });
  const { id } = await make(page, "/api/v1/assistants", { name: "Shop help", initial_message: "Ask me!", collections: [] });
  await open(page, `/assistants/${id}/interfaces`);
  return id;
}

const field = (page: Page, name: string) => page.locator(`.assistant-form [name=${name}]`);
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true });
const preview = (page: Page) => page.getByRole("region", { name: "Preview" });

test("what is typed is previewed, and saved when it is whole", async ({ page }) => {
  const id = await begin(page, "interfaces");
  await expect(page.getByRole("link", { name: "Interfaces" })).toHaveAttribute("aria-current", "page");
  await expect(preview(page)).toContainText("Shop help");
  await expect(preview(page)).toContainText("Ask me!");
  await expect(save(page)).toHaveCount(0);
  await expectAccessible(page);

  await page.getByRole("switch", { name: /^Public chat is on/ }).check();
  await page.getByRole("switch", { name: /^Website widget is on/ }).check();
  await field(page, "title").fill("Atelier");
  await field(page, "launcher_text").fill("Ask us");
  await expect(preview(page)).toContainText("Atelier");
  await expect(preview(page)).toContainText("Ask us");
  // The chat speaks the language that is chosen, and has no picture but a logo.
  await expect(preview(page).getByText("Can I wash the cotton one?")).toBeVisible();
  await field(page, "language").selectOption("cs");
  await expect(preview(page).getByText("Mohu tu bavlněnou prát?")).toBeVisible();
  await expect(preview(page).locator(".chat-preview-panel")).toHaveAttribute("lang", "cs");
  await expect(preview(page).locator(".chat-preview-head svg")).toHaveCount(0);
  await expectAccessible(page);

  // Not before it is stored.
  const link = page.getByRole("link", { name: "Open the public chat" });
  await expect(link).toHaveCount(0);
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  await expect(link).toHaveAttribute("href", new RegExp(`/public/${id}$`));
  await page.reload();
  await page.locator("html[data-live]").waitFor();
  await expect(page.getByRole("switch", { name: /^Public chat is on/ })).toBeChecked();
  await expect(field(page, "title")).toHaveValue("Atelier");

  // What is not saved is asked about, and can be thrown away.
  await field(page, "title").fill("Nothing of this");
  await page.getByRole("link", { name: "Assistants" }).first().click();
  await answerLeaving(page, "Cancel");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(field(page, "title")).toHaveValue("Atelier");
});

test("where no welcome is written the preview shows the assistant's description, as the chat does", async ({ page }) => {
  await enrol(page, { email: `described-${process.pid}@example.org`, password });
  const { id } = await make(page, "/api/v1/assistants", { name: "Shop help", description: "Knows our shop", collections: [] });
  await open(page, `/assistants/${id}/interfaces`);
  await expect(preview(page).getByText("Knows our shop")).toBeVisible();
  await field(page, "welcome").fill("Hello!");
  await expect(preview(page).getByText("Hello!")).toBeVisible();
  await expect(preview(page).getByText("Knows our shop")).toHaveCount(0);
});

test("colours that cannot be read are refused in words", async ({ page }) => {
  await begin(page, "colours");
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("update_interfaces")) sent.push(request.url());
  });
  await field(page, "accent").fill("#ffff00");
  await expect(page.getByText("Contrast: 1.0 to 1")).toBeVisible();
  await expect(page.getByText("Hard to read")).toBeVisible();
  await save(page).click();
  await expect(field(page, "on_accent")).toHaveAccessibleDescription(/The contrast of the two colours is 1\.0; it must be at least 4\.5\./);
  await expect(field(page, "on_accent")).toBeFocused();
  await field(page, "accent").fill("yellow");
  await save(page).click();
  await expect(field(page, "accent")).toHaveAccessibleDescription("Please enter a colour as # and six digits, such as #1f6f5c.");
  expect(sent, "nothing faulty is sent").toEqual([]);

  await field(page, "accent").fill("#ffff00");
  await page.getByLabel("Pick the colour of the text on them").fill("#000000");
  await expect(field(page, "on_accent")).toHaveValue("#000000");
  await expect(page.getByText("Easy to read")).toBeVisible();
  const head = preview(page).locator(".chat-preview-head");
  await expect(head).toHaveCSS("background-color", "rgb(255, 255, 0)");
  await expect(head).toHaveCSS("color", "rgb(0, 0, 0)");
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  await page.reload();
  await expect(field(page, "accent")).toHaveValue("#ffff00");
  await expectAccessible(page);
});

test("limits stand side by side, whatever their labels and errors take", async ({ page }) => {
  await begin(page, "limits");
  await page.getByText("Limits", { exact: true }).click();
  /** How far down each field begins, with its input. */
  const places = () =>
    page.locator(".form-row.level .field").evaluateAll((fields) =>
      fields.map((field) => {
        const top = (of: Element | null) => Math.round(of?.getBoundingClientRect().top ?? 0);
        return { field: top(field), input: top(field.querySelector("input")), label: field.querySelector("label")?.offsetHeight };
      }),
    );
  const rows = async () => {
    const inputs = new Map<number, Set<number>>();
    for (const place of await places()) inputs.set(place.field, (inputs.get(place.field) ?? new Set<number>()).add(place.input));
    return [...inputs.values()].map((tops) => tops.size);
  };
  expect(new Set((await places()).map((place) => place.label)).size, "labels of one line and of several").toBeGreaterThan(1);
  expect(new Set(await rows()), "one height in each row").toEqual(new Set([1]));
  await field(page, "visitors_per_address").fill("0");
  await save(page).click();
  await expect(field(page, "visitors_per_address")).toHaveAccessibleDescription("Please enter a number from 1 to 1,000.");
  expect(new Set(await rows()), "one height in each row").toEqual(new Set([1]));
  await expectAccessible(page);
});

test("each origin says what is wrong with it, and is stored tidied", async ({ page }) => {
  await begin(page, "origins");
  const add = page.getByRole("button", { name: "Add an origin" });
  const origins = page.getByLabel("Origin", { exact: true });
  await add.click();
  await expect(origins.last()).toBeFocused();
  await page.keyboard.type("ftp://shop.example.com");
  await add.click();
  await page.keyboard.type("https://example.com/shop");
  await save(page).click();
  await expect(origins.first()).toHaveAccessibleDescription("Please begin with https:// or http://.");
  await expect(origins.first()).toBeFocused();
  await expect(origins.last()).toHaveAccessibleDescription("Please leave out what comes after the host: origins have no path.");
  await expectAccessible(page);
  await origins.first().fill("https://Shop.example.com/");
  await expect(origins.first()).toHaveAccessibleDescription("");
  await page.getByRole("button", { name: "Remove this origin" }).last().click();
  await expect(origins).toHaveCount(1);
  await expect(add).toBeFocused();
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  await expect(origins).toHaveValue("https://shop.example.com");
});

test("the snippet is copied as it is shown", async ({ page }) => {
  const id = await begin(page, "snippet");
  await page.getByRole("button", { name: "Copy the snippet" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^<script async src="http:\/\/127\.0\.0\.1:\d+\/embed\.js"><\/script>\n/);
  expect(copied).toContain(`<hammock-chat assistant="${id}"></hammock-chat>`);
  await page.getByText("Without scripts: a plain frame").click();
  await page.getByRole("button", { name: "Copy the frame" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`/public/${id}?frame=1`);
});

test("a logo is stored at once, and removed", async ({ page }) => {
  await begin(page, "logo");
  // One pixel.
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const choose = page.locator("[name=logo]");
  await choose.setInputFiles({ name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") });
  const toasts = page.locator(".toasts");
  await expect(toasts.locator(".error-text")).toBeVisible();
  await expect(preview(page).locator("img")).toHaveCount(0);
  await choose.setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
  await expect(toasts).toContainText("The logo is saved.");
  const shown = preview(page).locator("img");
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove the logo" }).click();
  await expect(toasts).toContainText("The logo is removed.");
  // The button that had the focus is gone.
  await expect(page.locator("main")).toBeFocused();
  await expect(shown).toHaveCount(0);
});

test("a page is checked, and what stands in the way is told with what to do", async ({ page }) => {
  const id = await begin(page, "installation");
  const address = page.getByLabel("Address of the page");
  const check = page.getByRole("button", { name: "Check the page" });
  const result = page.getByRole("status").filter({ hasText: website.address });
  await expect(page.getByText("No errors were reported")).toBeVisible();

  await address.fill(`${website.address}/`);
  await check.click();
  await expect(result).toContainText("Something stands in the way");
  await expect(result).toContainText("The script of the snippet is not on the page.");
  await expect(result).toContainText("The widget is switched off.");
  await expectAccessible(page);

  // With the widget on, the origin allowed and the snippet there, the policy is left.
  const own = new URL(page.url()).origin;
  await page.getByRole("switch", { name: /^Website widget is on/ }).check();
  await page.getByRole("button", { name: "Add an origin" }).click();
  await page.keyboard.type(website.address);
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  website.body = `<script async src="${own}/embed.js"></script><hammock-chat assistant="${id}"></hammock-chat>`;
  website.policy = "default-src 'self'";
  await check.click();
  await expect(result).not.toContainText("The script of the snippet is not on the page.");
  await expect(result).toContainText(`script-src ${own}`);
  await expect(result).toContainText("script-src 'wasm-unsafe-eval'");
  await expect(result).toContainText(`connect-src ${own}`);
  await result.getByText("Content policy of the page", { exact: true }).click();
  await expect(result).toContainText("default-src 'self'");

  website.policy = `default-src 'self'; script-src ${own} 'wasm-unsafe-eval'; connect-src ${own}; frame-src ${own}`;
  await check.click();
  await expect(result).toContainText("The widget works on this page.");

  // In a frame it needs less of the policy, and the public chat.
  const framed = `default-src 'self'; require-trusted-types-for 'script'; script-src ${own}; frame-src ${own}`;
  website.policy = `${framed}; connect-src ${own}`;
  await check.click();
  await expect(result).toContainText("The content policy of the page asks for trusted types");
  website.body = website.body.replace("<hammock-chat", '<hammock-chat mode="iframe"');
  website.policy = framed;
  await check.click();
  await expect(result).toContainText("The public chat is switched off, and the page shows it in a frame.");
  await expectAccessible(page);
  await page.getByRole("switch", { name: /^Public chat is on/ }).check();
  await save(page).click();
  await expect(save(page)).toHaveCount(0);
  await check.click();
  await expect(result).toContainText("The widget works on this page.");
});

test("visitors are listed, and there are none at first", async ({ page }) => {
  await begin(page, "visitors");
  await page.getByRole("link", { name: "Visitors" }).click();
  await expect(page).toHaveURL(/\/visitors$/);
  await expect(page.getByText("No visitors yet")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Settings", exact: true }).last().click();
  await expect(page).toHaveURL(/\/assistants\/asst_[^/]+$/);
});

test("what a visitor asked is read with its answer and the sources", async ({ page }) => {
  await register(page, { email: `visitor-thread-${process.pid}@example.org`, password });
  const collection = (await make(page, "/api/v1/collections", { name: "Workshop" })).id;
  const source = (await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" })).id;
  await uploadAndRead(page, source, "knots.md", "# Knots\n\nA bowline holds and opens easily.\n");
  const { id } = await make(page, "/api/v1/assistants", { name: "Shop help", collections: [collection] });
  const headers = { origin: new URL(page.url()).origin };
  const data = { public_chat: true, strictness: "broad" };
  const opened = await page.request.put(`/api/v1/assistants/${id}/interfaces`, { headers, data });
  expect(opened.ok(), await opened.text()).toBe(true);
  const entry = await page.request.post(`/api/v1/public/assistants/${id}/visitors`, { headers, data: {} });
  const { token }: { token: string } = await entry.json();
  // The answer has ended when the stream has.
  const text = "Which knot holds and opens easily?";
  const asked = await page.request.post("/api/v1/public/chat", { headers: { ...headers, authorization: `Bearer ${token}` }, data: { text } });
  expect(asked.ok(), await asked.text()).toBe(true);

  await open(page, `/assistants/${id}/visitors`);
  const row = page.getByRole("row").filter({ hasText: "Anonymous" });
  await expect(row).toContainText(headers.origin);
  await expect(row).toContainText("Public chat");
  await row.getByRole("link").click();
  await expect(page).toHaveURL(/\/visitors\?conversation=conv_/);
  await expect(page.getByText("A conversation of a visitor, to be read.")).toBeVisible();
  await expect(page.locator(".feedback-question")).toHaveText(text);
  await expect(page.locator(".answer-text")).toContainText("bowline");
  await expect(page.locator(".feedback-sources")).toContainText("A bowline holds and opens easily.");
  await expectAccessible(page);
  await page.getByRole("link", { name: "Visitors" }).click();
  await expect(row).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("form and preview stand one below the other", async ({ page }) => {
    await begin(page, "interfaces-phone");
    await expect(preview(page)).toBeVisible();
    const [form, shown] = [await page.locator(".assistant-form").boundingBox(), await preview(page).boundingBox()];
    expect(shown?.y ?? 0).toBeGreaterThanOrEqual((form?.y ?? 0) + (form?.height ?? 0));
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await expectAccessible(page);
  });
});
