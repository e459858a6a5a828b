// Timers of a page that a test lets run out when it wants.
import type { Page } from "@playwright/test";

/** Timers of five seconds and more wait until `passTime` runs them. Playwright's own clock has numbers too long for web-sys. */
export async function holdLongTimers(page: Page): Promise<() => Promise<void>> {
  await page.addInitScript(() => {
    const waiting = new Map<number, () => void>();
    const set = window.setTimeout.bind(window);
    const clear = window.clearTimeout.bind(window);
    let next = 1_000_000_000;
    const held = (what: TimerHandler, delay?: number, ...rest: unknown[]): number => {
      if (typeof what !== "function" || (delay ?? 0) < 5_000) return set(what, delay, ...rest);
      waiting.set(++next, () => what(...rest));
      return next;
    };
    Object.assign(window, {
      setTimeout: held,
      clearTimeout: (id?: number) => {
        if (id === undefined || !waiting.delete(id)) clear(id);
      },
      passTime: () => {
        const due = [...waiting.values()];
        waiting.clear();
        due.forEach((run) => run());
      },
    });
  });
  return () => page.evaluate(() => (window as unknown as { passTime: () => void }).passTime());
}
