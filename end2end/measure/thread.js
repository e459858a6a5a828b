// A conversation of very many messages in the browser: how soon it is there, how smoothly one scrolls through all of it, and
// whether typing waits for it, or for an answer that is being written meanwhile.
import { launch, task } from "./browser.js";

/** How often it is opened, after once that is not counted: the program is in the cache from then on. */
const TIMES = 9;
const typed = "When does the museum open on Sundays?";

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
const at = task.cookie.indexOf("=");
await context.addCookies([{ name: task.cookie.slice(0, at), value: task.cookie.slice(at + 1), url: task.url }]);
const page = await context.newPage();

/** Until the end of the conversation is seen and what is pressed does something. Milliseconds from the beginning of the visit. */
async function open() {
  await page.goto(`${task.url}/chat/${task.conversation}`, { waitUntil: "commit" });
  const seen = await page.waitForFunction(() => {
    const last = [...document.querySelectorAll(".messages .question")].at(-1);
    const isSeen = last && last.getBoundingClientRect().top < innerHeight;
    return document.documentElement.hasAttribute("data-live") && isSeen ? performance.now() : false;
  });
  return seen.jsonValue();
}

const opened = [];
for (let time = 0; time <= TIMES; time++) {
  const took = await open();
  if (time > 0) opened.push(took);
}

/** Up to the first message, which lets the earlier ones come, and down again: how long each frame took. */
const frames = await page.evaluate(
  (questions) =>
    new Promise((done, failed) => {
      const area = document.querySelector(".messages");
      const frames = [];
      const begun = performance.now();
      let last = begun;
      let isUp = true;
      const step = (now) => {
        frames.push(now - last);
        last = now;
        if (now - begun > 120_000) {
          failed(new Error(`after two minutes ${document.querySelectorAll(".messages .question").length} questions are there`));
          return;
        }
        area.scrollTop += isUp ? -400 : 1200;
        const areAllThere = document.querySelectorAll(".messages .question").length >= questions;
        if (isUp && areAllThere && area.scrollTop <= 0) isUp = false;
        else if (!isUp && area.scrollTop + area.clientHeight >= area.scrollHeight - 1) {
          done(frames.slice(1));
          return;
        }
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    }),
  task.questions,
);

await page.evaluate(() => {
  globalThis.waits = [];
  addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => globalThis.waits.push(performance.now() - timeStamp)), { capture: true });
});
const input = page.locator(".composer textarea");

/** Types a question: from each key to the frame that shows it. */
async function type() {
  await input.focus();
  await page.evaluate(() => {
    globalThis.waits = [];
  });
  for (const letter of typed) await page.keyboard.press(letter === " " ? "Space" : letter);
  await page.waitForFunction((count) => globalThis.waits.length >= count, typed.length);
  return page.evaluate(() => globalThis.waits);
}

/** How much of an answer that is being written stands there; nothing where none is. */
const written = () => page.evaluate(() => [...document.querySelectorAll(".messages [aria-busy=true]")].at(-1)?.textContent.length ?? 0);

/** With all of it there. */
const alone = await type();

/** And while an answer is written to what was typed. */
await page.getByRole("button", { name: /^Choose the assistant/ }).click();
const picker = page.getByRole("dialog", { name: "Choose the assistant" });
await picker.getByRole("listitem").filter({ hasText: task.writer }).getByRole("button").click();
await input.press("Enter");
await page.waitForFunction(() => [...document.querySelectorAll(".messages [aria-busy=true]")].at(-1)?.textContent.includes("Piece 1 of"));
const before = await written();
const beside = await type();
const after = await written();
if (after <= before) throw new Error(`an answer was to be written while something is typed: ${before} letters before and ${after} after`);
await browser.close();
console.log(JSON.stringify({ opened, frames, typed: alone, beside }));
