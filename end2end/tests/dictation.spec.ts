// Dictation: by the browser's recognition of speech, by a recording that the organisation's provider writes down, or not at all.
import type { Page } from "@playwright/test";
import { answered, expect, expectAccessible, test } from "../support/page";
import { enrol, fromOurPage, make, open, register } from "../support/people";
import { Provider, type Reply } from "../support/provider";

// A microphone that hears a beep, and nobody who has to allow it.
const beep = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
test.use({
  permissions: ["microphone"],
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...beep] });
  },
});

const password = "a hammock between trees 1";
const provider = new Provider();
test.beforeAll(() => provider.start());
test.afterAll(() => provider.stop());
test.beforeEach(() => provider.reset());

const input = (page: Page) => page.locator(".composer textarea");
const button = (page: Page) => page.getByRole("button", { name: "Dictate", exact: true });
const state = (page: Page) => page.locator(".composer .dictation");

const json =
  (status: number, body: unknown): Reply =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };

/** A browser that cannot recognise speech itself. */
const deaf = (page: Page) =>
  page.addInitScript(() => {
    for (const name of ["SpeechRecognition", "webkitSpeechRecognition"]) {
      Object.defineProperty(window, name, { value: undefined, configurable: true });
    }
  });

/**
 * A browser whose recognition does what the test says through `window.speech`. Once it is ended, it gives the final result of what
 * it had not understood for good, as those of browsers do: a moment later.
 */
const hearing = (page: Page) =>
  page.addInitScript(() => {
    function Recognition(this: Record<string, unknown>) {
      const tell = (name: string, event: unknown) => (this[name] as ((event: unknown) => void) | undefined)?.(event);
      let unsettled = "";
      const say = (transcript: string, isFinal: boolean) => {
        unsettled = isFinal ? "" : transcript;
        tell("onresult", { resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] });
      };
      Object.assign(this, {
        start: () => {
          Object.assign(window, { speech: this });
          tell("onstart", {});
        },
        stop: () =>
          setTimeout(() => {
            if (unsettled) say(`${unsettled}, finally`, true);
            tell("onend", {});
            this.ended = true;
          }),
        say,
        fail: (error: string) => {
          tell("onerror", { error });
          tell("onend", {});
        },
      });
    }
    for (const name of ["SpeechRecognition", "webkitSpeechRecognition"]) {
      Object.defineProperty(window, name, { value: Recognition, configurable: true });
    }
  });

type Speech = { lang: string; ended?: boolean; say(transcript: string, isFinal: boolean): void; fail(error: string): void };
const say = (page: Page, text: string, isFinal: boolean) =>
  page.evaluate(([text, isFinal]) => (window as unknown as { speech: Speech }).speech.say(text, isFinal), [text, isFinal] as const);
/** Until it has given its last result. */
const ended = (page: Page) => page.waitForFunction(() => (window as unknown as { speech: Speech }).speech.ended);
const fail = (page: Page, error: string) =>
  page.evaluate((error) => (window as unknown as { speech: Speech }).speech.fail(error), error);

/** Has the organisation's recordings written down by the provider. */
async function writesDown(page: Page): Promise<void> {
  const connection = (await make(page, "/api/v1/connections", { name: "Speech", kind: "compatible", base_url: provider.base })).id;
  const set = await page.request.patch("/api/v1/organisation", { headers: fromOurPage, data: { transcription: { connection, model: "model-a" } } });
  expect(set.ok()).toBe(true);
}

test("without a recognition of speech and without a provider there is no button", async ({ page }) => {
  await deaf(page);
  await enrol(page, { email: `dictation-none-${process.pid}@example.org`, password });
  await open(page, "/chat");
  await expect(input(page)).toBeVisible();
  await expect(button(page)).toHaveCount(0);
  await expectAccessible(page);
});

test("the browser understands what is said, and nothing typed is lost", async ({ page }) => {
  await hearing(page);
  await enrol(page, { email: `dictation-browser-${process.pid}@example.org`, password });
  await open(page, "/chat");
  await input(page).fill("Please: Thank you.");
  await input(page).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(7, 7));
  await expect(button(page)).toHaveAttribute("aria-pressed", "false");
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  await expect(state(page)).toContainText(/\d:\d\d/);
  await expect(page.getByRole("status").filter({ hasText: "Listening" })).toHaveCount(1);
  await expect(button(page)).toHaveAttribute("aria-pressed", "true");
  expect(await page.evaluate(() => (window as unknown as { speech: Speech }).speech.lang)).toBe("en-GB");

  // What is not final is shown, and not yet typed.
  await say(page, "when does", false);
  await expect(state(page)).toContainText("when does");
  await expect(input(page)).toHaveValue("Please: Thank you.");
  await expectAccessible(page);
  await say(page, "when does it open?", true);
  await expect(input(page)).toHaveValue("Please: when does it open? Thank you.");
  await page.keyboard.press("Escape");
  await expect(state(page)).toHaveCount(0);
  await expect(button(page)).toHaveAttribute("aria-pressed", "false");
  await expect(input(page)).toBeFocused();

  // By keyboard alone; sending ends it.
  await page.keyboard.press("Alt+Shift+M");
  await expect(state(page)).toContainText("Listening");
  await page.keyboard.press("Enter");
  await expect(state(page)).toHaveCount(0);
  await answered(page.getByRole("article", { name: "Answer" }).last(), 60_000);
});

test("sending takes along what was understood so far, and nothing of it comes into the next question", async ({ page }) => {
  await hearing(page);
  await enrol(page, { email: `dictation-sent-${process.pid}@example.org`, password });
  await open(page, "/chat");
  const question = page.locator(".messages .question");
  await input(page).fill("Please:");
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  await say(page, "when does it open", false);
  await expect(state(page)).toContainText("when does it open");
  await input(page).press("Enter");
  await expect(question).toHaveText("You: Please: when does it open");
  await expect(state(page)).toHaveCount(0);
  await expect(button(page)).toHaveAttribute("aria-pressed", "false");
  await ended(page);
  await expect(input(page)).toHaveValue("");
  await answered(page.getByRole("article", { name: "Answer" }).last(), 60_000);

  // The same where nothing was typed, and the microphone was pressed just before.
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  await say(page, "and on Sunday", false);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await page.evaluate(() => {
    document.querySelector<HTMLElement>(".composer [aria-pressed]")?.click();
    document.querySelector<HTMLFormElement>(".composer")?.requestSubmit();
  });
  await expect(question.last()).toHaveText("You: and on Sunday");
  await ended(page);
  await expect(input(page)).toHaveValue("");
  await expect(state(page)).toHaveCount(0);

  // Ended without a question, the last words are typed.
  await answered(page.getByRole("article", { name: "Answer" }).last(), 60_000);
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  await say(page, "and in winter", false);
  await page.keyboard.press("Escape");
  await expect(input(page)).toHaveValue("and in winter, finally");
});

test("what is said in a new chat stays with it, and goes into no other conversation", async ({ page }) => {
  await hearing(page);
  await register(page, { email: `dictation-new-${process.pid}@example.org`, password });
  const headers = { origin: new URL(page.url()).origin };
  const asked = await page.request.post("/api/v1/chat", { headers, data: { text: "Which train goes to Prague?" } });
  await asked.text();
  await open(page, "/chat");
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  await page.locator(".conversation", { hasText: "Prague" }).getByRole("link").click();
  await expect(page.locator(".messages .question")).toContainText("Which train goes to Prague?");
  await expect(state(page)).toHaveCount(0);
  await expect(button(page)).toHaveAttribute("aria-pressed", "false");
  await say(page, "nobody listens any more", true);
  await expect(input(page)).toHaveValue("");

  // The conversation that begins where one speaks is no other one.
  await page.getByRole("link", { name: "New chat" }).click();
  await expect(page.locator(".messages .question")).toHaveCount(0);
  let release = () => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  await page.route("**/api/v1/chat", async (route) => { await released; await route.continue(); }, { times: 1 });
  await input(page).fill("Which train goes to Brno?");
  await input(page).press("Enter");
  await expect(input(page)).toHaveValue("");
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  release();
  await expect(page.locator(".messages .question")).toContainText("Which train goes to Brno?");
  await expect(page).toHaveURL(/\/chat\/conv_/);
  await expect(state(page)).toContainText("Listening");
  await say(page, "And back?", true);
  await expect(input(page)).toHaveValue("And back?");
});

test("what goes wrong is told with what to do", async ({ page }) => {
  await hearing(page);
  await enrol(page, { email: `dictation-trouble-${process.pid}@example.org`, password });
  await open(page, "/chat");
  for (const [error, text] of [
    ["not-allowed", "Allow it beside the address"],
    ["audio-capture", "No microphone was found"],
    ["no-speech", "Nothing was heard"],
    ["language-not-supported", "choose another language"],
  ] as const) {
    await button(page).click();
    await expect(state(page)).toContainText("Listening");
    await fail(page, error);
    await expect(page.locator(".composer [role=alert]")).toContainText(text);
    await expect(state(page)).toHaveCount(0);
    await expect(button(page)).toHaveAttribute("aria-pressed", "false");
  }
  await expectAccessible(page);

  // A service that cannot be reached while nothing else can be may be there later.
  await page.evaluate(() => Object.defineProperty(navigator, "onLine", { value: false, configurable: true }));
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  await fail(page, "network");
  await expect(page.locator(".composer [role=alert]")).toContainText("Check your connection");
  await expect(button(page)).toBeVisible();
});

test("a browser whose own service does not work has no button any more, once that is told", async ({ page }) => {
  await hearing(page);
  for (const error of ["network", "service-not-allowed"]) {
    await register(page, { email: `dictation-${error}-${process.pid}@example.org`, password });
    await open(page, "/chat");
    await button(page).click();
    await expect(state(page)).toContainText("Listening");
    await fail(page, error);
    await expect(page.locator(".composer [role=alert]")).toContainText("use another browser");
    await expect(button(page)).toHaveCount(0);
    await expect(input(page)).toBeFocused();
    await expectAccessible(page);
    await page.reload();
    await page.locator("html[data-live]").waitFor();
    await expect(input(page)).toBeFocused();
    await expect(button(page)).toHaveCount(0);
    // Until the tab is closed.
    await page.evaluate(() => sessionStorage.clear());
    await page.context().clearCookies();
  }
});

test("an administrator chooses who writes down; a recording is sent, and again where that failed", async ({ page }) => {
  await deaf(page);
  await enrol(page, { email: `dictation-recorded-${process.pid}@example.org`, password });
  await make(page, "/api/v1/connections", { name: "Speech", kind: "compatible", base_url: provider.base });
  await open(page, "/organisation");
  const form = page.locator("form").filter({ has: page.locator("select[name=connection]") });
  await form.locator("select[name=connection]").selectOption({ label: "Speech" });
  await form.locator("[name=model]").fill("model-a");
  await expectAccessible(page);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".toast").first()).toBeVisible();

  await open(page, "/chat");
  await input(page).fill("Tell me:");
  let release = () => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  provider.replies = [
    json(500, { error: { message: "kaboom" } }),
    (response) => void released.then(() => json(200, { text: "When does it open?" })(response)),
  ];
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  await expectAccessible(page);
  // Until something can have been recorded.
  await expect(state(page)).not.toContainText("0:00");
  await button(page).click();
  const trouble = page.locator(".composer [role=alert]");
  await expect(trouble).toContainText("did not answer as it should");
  await expect(input(page)).toHaveValue("Tell me:");
  await trouble.getByRole("button").click();
  await expect(state(page)).toContainText("Writing down");
  await expect(button(page)).toBeDisabled();
  await expectAccessible(page);
  release();
  await expect(input(page)).toHaveValue("Tell me: When does it open?");
  await expect(state(page)).toHaveCount(0);
  await expect(input(page)).toBeFocused();
  const sent = provider.prompts.map((prompt) => [prompt.includes('filename="speech.'), /name="language"\s+en\s/.test(prompt), prompt.includes("model-a")]);
  expect(sent).toEqual([[true, true, true], [true, true, true]]);
});

test("a question waits for what is being recorded", async ({ page }) => {
  await deaf(page);
  await enrol(page, { email: `dictation-waits-${process.pid}@example.org`, password });
  await writesDown(page);
  await open(page, "/chat");
  provider.replies = [json(200, { text: "When does it open?" })];
  await input(page).fill("Tell me:");
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  // Until something can have been recorded.
  await expect(state(page)).not.toContainText("0:00");
  await input(page).press("Enter");
  await expect(input(page)).toHaveValue("Tell me: When does it open?");
  await expect(state(page)).toHaveCount(0);
  await expect(page.locator(".messages .question")).toHaveCount(0);
  await input(page).press("Enter");
  await expect(page.locator(".messages .question")).toHaveText("You: Tell me: When does it open?");
});

test("where the browser's own service does not answer, it is recorded instead", async ({ page }) => {
  await hearing(page);
  await enrol(page, { email: `dictation-instead-${process.pid}@example.org`, password });
  await writesDown(page);
  await open(page, "/chat");
  provider.replies = [json(200, { text: "Here I am." })];
  await button(page).click();
  await expect(state(page)).toContainText("Listening");
  await fail(page, "network");
  await expect(state(page)).toContainText("Listening");
  await expect(state(page)).not.toContainText("0:00");
  await button(page).click();
  await expect(input(page)).toHaveValue("Here I am.");
});

test("a microphone that is refused says what to do", async ({ page }) => {
  await deaf(page);
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await enrol(page, { email: `dictation-refused-${process.pid}@example.org`, password });
  await writesDown(page);
  await open(page, "/chat");
  await button(page).click();
  await expect(page.locator(".composer [role=alert]")).toContainText("Allow it beside the address");
  await expect(button(page)).toHaveAttribute("aria-pressed", "false");
  await expectAccessible(page);
});
