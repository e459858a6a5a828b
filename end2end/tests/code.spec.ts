// Code in answers: it says its language, and a button copies it, also while it is still being written.
import type { ServerResponse } from "node:http";
import type { Page } from "@playwright/test";
import { answered, expect, expectAccessible, test } from "../support/page";
import { ask, enrol, open, writer } from "../support/people";
import { finish, Provider, say, says, stream } from "../support/provider";

const password = "a hammock between trees 1";
const provider = new Provider();

test.beforeAll(() => provider.start());
test.beforeEach(() => provider.reset());
test.afterAll(() => provider.stop());

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** An account whose assistant writes what the provider says. */
async function prepare(page: Page, email: string): Promise<void> {
  await enrol(page, { email, password });
  await open(page, await writer(page, provider.base));
}

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

test("a block of code is copied with the keyboard, wherever it stands", async ({ page }) => {
  await prepare(page, `code-${process.pid}@example.org`);
  const long = `echo ${"a".repeat(300)}`;
  provider.replies = [
    says(
      [
        "Call it like this:",
        "```rust\nfn main() {\n    println!(\"<b> & [1]\");\n}\n```",
        `1. Then this:\n\n   \`\`\`sh\n   ${long}\n   \`\`\`\n2. Done.`,
        "```\nplain\n```",
      ].join("\n\n"),
    ),
  ];
  await ask(page, "How is it called?");
  const answer = page.getByRole("article", { name: "Answer" });
  await answered(answer);

  // Once as it was written, and once as the server renders it.
  for (const visit of ["written", "reloaded"]) {
    const bars = answer.locator(".code-bar");
    await expect(bars).toHaveText(["rust", "sh", ""]);
    const copy = answer.getByRole("button", { name: "Copy the code" });
    await expect(copy, visit).toHaveCount(3);
    for (const [at, code] of ['fn main() {\n    println!("<b> & [1]");\n}', long, "plain"].entries()) {
      const button = bars.nth(at).getByRole("button");
      await page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
      await button.focus();
      await page.keyboard.press("Enter");
      await expect.poll(() => clipboard(page), visit).toBe(code);
      await expect(button).toHaveAccessibleName("Copied");
      await expect(bars.nth(at).getByRole("status")).toHaveText("Copied");
      await expect(button).toBeFocused();
    }
    await expectAccessible(page);
    await page.reload();
    await page.locator("html[data-live]").waitFor();
  }

  // Before the page is live the bars of the server are there already.
  const html = await (await page.request.get(page.url())).text();
  expect(html.match(/class="code-bar"/g)?.length).toBe(2);

  // The long line scrolls within its block.
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const messages = page.getByRole("region", { name: "Conversation", exact: true });
  expect(await messages.evaluate((it) => it.scrollWidth - it.clientWidth)).toBeLessThanOrEqual(0);
});

test("the button stays where it is while the code under it grows", async ({ page }) => {
  await prepare(page, `code-growing-${process.pid}@example.org`);
  const asked: ServerResponse[] = [];
  provider.replies = [
    (response) => {
      asked.push(response);
      stream(response);
      say(response, "```python\nfirst = 1\n");
    },
  ];
  await ask(page, "How does it begin?");
  const answer = page.getByRole("article", { name: "Answer" });
  const button = answer.locator(".code-bar").getByRole("button");
  await expect(button).toHaveAccessibleName("Copy the code");
  await button.focus();
  // The very same button, not one like it.
  await button.evaluate((it) => it.setAttribute("data-same", ""));
  const [running] = asked;
  say(running, "second = 2\n");
  await expect(answer.locator("pre")).toContainText("second = 2");
  await expect(answer).toHaveAttribute("aria-busy", "true");
  await expect(answer.locator("[data-same]")).toBeFocused();
  finish(running, "third = 3\n```\n\nThat is all.");
  await answered(answer);
  await expect(answer.locator("[data-same]")).toBeFocused();
  await page.keyboard.press("Space");
  await expect.poll(() => clipboard(page)).toBe("first = 1\nsecond = 2\nthird = 3");
});
