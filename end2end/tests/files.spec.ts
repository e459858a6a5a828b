// Files and pictures in a conversation: by button, by drop, by paste; what becomes of them, and the answer that cites them.
import type { Page } from "@playwright/test";
import { sparse } from "../support/files";
import { answered, expect, expectAccessible, test } from "../support/page";
import { enrol, open } from "../support/people";

const password = "a hammock between trees 1";
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const text = "# Tides\n\nWhen does the zanzibar tide turn? The zanzibar tide turns at a quarter past four.\n";
const tides = { name: "tides.md", mimeType: "text/markdown", buffer: Buffer.from(text) };

const chips = (page: Page) => page.locator(".file-chips li");
const input = (page: Page) => page.locator(".composer textarea");
const latest = (page: Page) => page.getByRole("article", { name: "Answer" }).last();
const send = (page: Page) => page.getByRole("button", { name: "Send", exact: true });

/** A file or a picture as a browser hands it over. */
const carried = (page: Page, file: { name: string; type: string; base64: string }) =>
  page.evaluateHandle(({ name, type, base64 }) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
    return data;
  }, file);

test("a file by the button is read, sent and cited, here and in no other conversation", async ({ page }) => {
  await enrol(page, { email: `file-button-${process.pid}@example.org`, password });
  await open(page, "/chat");
  await input(page).fill("What does this file say?");
  // It arrives when this lets it.
  let release = () => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  await page.route("**/api/v1/attachments", async (route) => { await released; await route.continue(); }, { times: 1 });
  await page.getByLabel("Attach files").setInputFiles(tides);
  await expect(chips(page)).toContainText("tides.md");
  await expect(chips(page).getByRole("progressbar", { name: "Sending tides.md" })).toBeVisible();
  await expect(send(page)).toBeDisabled();
  await expectAccessible(page);
  release();
  await expect(page.locator(".composer [role=status]").first()).toHaveText("Files ready: 1 of 1", { timeout: 60_000 });
  await expectAccessible(page);
  await send(page).click();
  await answered(latest(page), 60_000);
  await expect(chips(page)).toHaveCount(0);
  await expect(page.locator(".sent-files a")).toContainText("tides.md");
  await expect(page.locator(".answer").last()).toContainText("Tides");
  await expectAccessible(page);

  // It is there after a reload, and answers the next question too.
  await page.reload();
  await expect(page.locator(".sent-files a")).toContainText("tides.md");
  await input(page).fill("When does the zanzibar tide turn?");
  await input(page).press("Enter");
  await answered(latest(page), 60_000);
  await expect(page.locator(".answer").last()).toContainText("quarter past four");
  await open(page, "/chat");
  await input(page).fill("When does the zanzibar tide turn?");
  await input(page).press("Enter");
  await answered(latest(page), 60_000);
  await expect(page.locator(".answer").last()).not.toContainText("quarter past four");
});

test("an edited question keeps its files, but for those that are removed", async ({ page }) => {
  await enrol(page, { email: `file-edit-${process.pid}@example.org`, password });
  await open(page, "/chat");
  await page.getByLabel("Attach files").setInputFiles([tides, { ...tides, name: "ebb.md" }]);
  await input(page).fill("What do these files say?");
  await expect(page.locator(".composer [role=status]").first()).toHaveText("Files ready: 2 of 2", { timeout: 60_000 });
  await send(page).click();
  await answered(latest(page), 60_000);
  const both = ["tides.md", "ebb.md"];
  await expect(page.locator(".sent-files a")).toHaveText(both);

  await page.locator(".messages .question").hover();
  await page.getByRole("button", { name: "Edit question" }).click();
  const form = page.locator(".edit-question");
  await expect(form.locator(".file-chips li")).toHaveText(both);
  await expect(page.locator(".sent-files")).toBeHidden();
  await form.getByRole("button", { name: "Remove ebb.md" }).click();
  const text = page.getByRole("textbox", { name: "The question, edited" });
  await expect(text).toBeFocused();
  await expectAccessible(page);
  await text.fill("What does this file say?");
  await text.press("Enter");
  await expect(page.locator(".messages .question")).toHaveText("You: What does this file say?");
  await answered(latest(page), 60_000);
  await expect(page.locator(".sent-files a")).toHaveText(["tides.md"]);
  await expect(page.locator(".answer").last()).toContainText("Tides");
  // The version before has both.
  await page.getByRole("button", { name: "Previous version" }).click();
  await expect(page.locator(".sent-files a")).toHaveText(both);
  await page.reload();
  await expect(page.locator(".sent-files a")).toHaveText(both);
});

test("what was attached and not sent is there after a reload, with its draft alone", async ({ page }) => {
  await enrol(page, { email: `file-kept-${process.pid}@example.org`, password });
  await open(page, "/chat");
  await page.getByLabel("Attach files").setInputFiles(tides);
  await input(page).fill("What does this file say?");
  const told = page.locator(".composer [role=status]").first();
  await expect(told).toHaveText("Files ready: 1 of 1", { timeout: 60_000 });
  await page.reload();
  await expect(chips(page)).toContainText("tides.md");
  await expect(input(page)).toHaveValue("What does this file say?");
  await expect(send(page)).toBeEnabled();
  await send(page).click();
  await answered(latest(page), 60_000);
  await expect(page.locator(".sent-files a")).toHaveText(["tides.md"]);
  await expect(chips(page)).toHaveCount(0);
  await page.reload();
  await expect(page.locator(".sent-files a")).toHaveText(["tides.md"]);
  await expect(chips(page)).toHaveCount(0);

  // The next one waits in this conversation, while another question is typed in a new chat.
  await page.locator("html[data-live]").waitFor();
  await page.getByLabel("Attach files").setInputFiles({ ...tides, name: "ebb.md" });
  await input(page).fill("And this one?");
  await expect(told).toHaveText("Files ready: 1 of 1", { timeout: 60_000 });
  const conversation = new URL(page.url()).pathname;
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(page).toHaveURL(/\/chat$/);
  await expect(input(page)).toHaveValue("");
  await expect(chips(page)).toHaveCount(0);
  await open(page, conversation);
  await expect(input(page)).toHaveValue("And this one?");
  await expect(chips(page)).toContainText("ebb.md");
  await page.getByRole("button", { name: "Remove ebb.md" }).click();
  await page.reload();
  await expect(input(page)).toHaveValue("And this one?");
  await expect(send(page)).toBeEnabled();
  await expect(chips(page)).toHaveCount(0);
});

test("files are dropped on the chat, and removed again", async ({ page }) => {
  await enrol(page, { email: `file-drop-${process.pid}@example.org`, password });
  await open(page, "/chat");
  const dataTransfer = await carried(page, { name: "dropped.md", type: "text/markdown", base64: Buffer.from(text).toString("base64") });
  await page.dispatchEvent(".messages", "dragover", { dataTransfer });
  await expect(page.locator(".drop-over")).toBeVisible();
  // From one part of the chat to another it stays.
  const leave = (to: string) =>
    page.evaluate((to) => {
      const left = new DragEvent("dragleave", { bubbles: true, relatedTarget: document.querySelector(to) });
      document.querySelector(".messages")?.dispatchEvent(left);
    }, to);
  await leave(".composer");
  await expect(page.locator(".drop-over")).toBeVisible();
  await leave(".side");
  await expect(page.locator(".drop-over")).toHaveCount(0);
  await page.dispatchEvent(".messages", "dragover", { dataTransfer });
  await expect(page.locator(".drop-over")).toBeVisible();
  await page.dispatchEvent(".messages", "drop", { dataTransfer });
  await expect(page.locator(".drop-over")).toHaveCount(0);
  await expect(chips(page)).toContainText("dropped.md");
  await page.getByRole("button", { name: "Remove dropped.md" }).click();
  await expect(chips(page)).toHaveCount(0);
  await expect(input(page)).toBeFocused();
  // What is no file stays with the input.
  await input(page).fill("Without a file?");
  await expect(send(page)).toBeEnabled();
});

test("a picture is pasted and shown with its question", async ({ page }) => {
  await enrol(page, { email: `file-paste-${process.pid}@example.org`, password });
  await open(page, "/chat");
  const data = await carried(page, { name: "image.png", type: "image/png", base64: pixel });
  await input(page).evaluate((input, data) => {
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data as DataTransfer, bubbles: true, cancelable: true }));
  }, data);
  await expect(chips(page)).toContainText("image.png");
  await input(page).fill("What is in this picture?");
  await expect(send(page)).toBeEnabled({ timeout: 60_000 });
  await send(page).click();
  await answered(latest(page), 60_000);
  const picture = page.getByRole("img", { name: "image.png" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBe(1);
  await page.getByText("Show reasoning").last().click();
  await expect(page.locator(".steps").last()).toContainText("without a model nobody looks at them");
  await expectAccessible(page);
});

test("a file that cannot be read says why, and nothing typed is lost", async ({ page }) => {
  await enrol(page, { email: `file-failed-${process.pid}@example.org`, password });
  await open(page, "/chat");
  await input(page).fill("What does it do?");
  await page.getByLabel("Attach files").setInputFiles({ name: "run.exe", mimeType: "application/octet-stream", buffer: Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0]) });
  await expect(chips(page).locator(".bad")).toBeVisible();
  await expect(chips(page).getByRole("button", { name: "Try again" })).toHaveCount(0);
  await expectAccessible(page);
  await expect(input(page)).toHaveValue("What does it do?");
  // The question can be sent all the same.
  await expect(send(page)).toBeEnabled();
  await page.getByRole("button", { name: "Remove run.exe" }).click();
  await expect(chips(page)).toHaveCount(0);
});

test("a file that did not arrive is sent again, in its place", async ({ page }) => {
  await enrol(page, { email: `file-again-${process.pid}@example.org`, password });
  await open(page, "/chat");
  // The first one meets a network that is away, and then a server that is; the second one arrives at once.
  let uploads = 0;
  await page.route("**/api/v1/attachments", async (route) => {
    uploads += 1;
    if (uploads === 1) return route.abort();
    if (uploads === 3) return route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad Gateway</h1>" });
    return route.continue();
  });
  await page.getByLabel("Attach files").setInputFiles([tides, { ...tides, name: "ebb.md" }]);
  await input(page).fill("What do these files say?");
  const told = page.locator(".composer [role=status]").first();
  await expect(told).toHaveText("Files ready: 1 of 2", { timeout: 60_000 });
  const again = chips(page).filter({ hasText: "tides.md" }).getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible();
  await expectAccessible(page);
  await again.click();
  await expect(input(page)).toBeFocused();
  await expect.poll(() => uploads).toBe(3);
  await again.click();
  await expect(told).toHaveText("Files ready: 2 of 2", { timeout: 60_000 });
  await expect(again).toHaveCount(0);
  await expect(chips(page).locator(".truncate")).toHaveText(["tides.md", "ebb.md"]);
  // What waits for the question waits in the same order.
  await page.reload();
  await expect(chips(page).locator(".truncate")).toHaveText(["tides.md", "ebb.md"]);
  await expect(send(page)).toBeEnabled();
  await send(page).click();
  await answered(latest(page), 60_000);
  await expect(page.locator(".sent-files a")).toHaveText(["tides.md", "ebb.md"]);
});

test("a file that is too large is refused before it is sent", async ({ page }, info) => {
  await enrol(page, { email: `file-large-${process.pid}@example.org`, password });
  await open(page, "/chat");
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/v1/attachments")) sent.push(request.url());
  });
  await page.getByLabel("Attach files").setInputFiles(await sparse(info.outputPath("the report of the whole year.pdf"), 200_000_000));
  await expect(chips(page).locator(".bad")).toContainText("This is larger than the 25 MB that are allowed.");
  await expect(chips(page).getByText("the report of the whole year.pdf")).toBeVisible();
  await expect(chips(page).getByRole("button", { name: "Try again" })).toHaveCount(0);
  expect(sent).toEqual([]);
  await expectAccessible(page);
  // The question can be sent all the same, and a file that is not too large goes with it.
  await page.getByLabel("Attach files").setInputFiles(tides);
  await input(page).fill("What does this file say?");
  await expect(send(page)).toBeEnabled({ timeout: 60_000 });
  expect(sent).toHaveLength(1);
});

test("a file of which the server does not tell is looked for a few times, and again when that is wanted", async ({ page }) => {
  await enrol(page, { email: `file-lost-${process.pid}@example.org`, password });
  await open(page, "/chat");
  // It arrives, and has not been read by then.
  const headers = { origin: new URL(page.url()).origin };
  const sent = await page.request.post("/api/v1/attachments", { headers, multipart: { file: tides } });
  const arrived = { status: sent.status(), json: { ...(await sent.json()), state: "processing" } };
  await page.route("**/api/v1/attachments", (route) => route.fulfill(arrived), { times: 1 });
  const looked = "**/api/fn/chat/find_attachment";
  await page.route(looked, (route) => route.abort());
  await page.getByLabel("Attach files").setInputFiles(tides);
  await input(page).fill("What does this file say?");
  const away = "The server cannot be reached at the moment.";
  const again = page.locator(".composer").getByRole("button", { name: "Try again" });
  await expect(chips(page).locator(".bad")).toContainText(away, { timeout: 60_000 });
  // The question need not wait for it.
  await expect(send(page)).toBeEnabled();
  await expectAccessible(page);
  await page.unroute(looked);
  await again.click();
  await expect(input(page)).toBeFocused();
  const told = page.locator(".composer [role=status]").first();
  await expect(told).toHaveText("Files ready: 1 of 1", { timeout: 60_000 });
  await expect(again).toHaveCount(0);

  // So it is after a reload, which does not know what it is called.
  await page.route(looked, (route) => route.abort());
  await page.reload();
  const refused = page.locator(".composer").getByRole("alert").filter({ hasText: away });
  await expect(refused).toBeVisible({ timeout: 60_000 });
  await expect(input(page)).toHaveValue("What does this file say?");
  await expect(send(page)).toBeEnabled();
  await expectAccessible(page);
  await page.unroute(looked);
  await again.click();
  await expect(input(page)).toBeFocused();
  await expect(chips(page)).toContainText("tides.md");
  await expect(refused).toHaveCount(0);
  await expect(told).toHaveText("Files ready: 1 of 1", { timeout: 60_000 });
  await send(page).click();
  await answered(latest(page), 60_000);
  await expect(page.locator(".sent-files a")).toHaveText(["tides.md"]);
});
