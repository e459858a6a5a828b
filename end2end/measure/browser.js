// What the measurements in a browser share. `cargo xtask bench` runs them; what they are to do is in HAMMOCK_MEASURE, what they
// found is printed as JSON.
import { chromium } from "@playwright/test";

/** What is to be done. */
export const task = JSON.parse(process.env.HAMMOCK_MEASURE ?? "{}");

export const launch = () =>
  chromium.launch({
    executablePath: process.env.HAMMOCK_BROWSER || undefined,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** What begins a stretch of a page's script, of whichever file. */
const SCRIPT = new Set(["EvaluateScript", "v8.compile", "v8.compileModule", "v8.evaluateModule", "FunctionCall", "RunMicrotasks", "TimerFire", "FireAnimationFrame", "FireIdleCallback"]);
const TASKS = ["RunTask", "ThreadControllerImpl::RunTask"];

export const categories = ["toplevel", "v8", "devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing", "__metadata"];

/** How long intervals take, each moment counted once. Milliseconds. */
function union(intervals) {
  let sum = 0;
  let end = -Infinity;
  for (const { ts, dur } of intervals.sort((one, other) => one.ts - other.ts)) {
    sum += Math.max(0, ts + dur - Math.max(ts, end));
    end = Math.max(end, ts + dur);
  }
  return sum / 1000;
}

/**
 * What the main thread of a page did by a trace: the whole of it, and those of its tasks in which a script ran. The page has no
 * scripts but those that are measured. Milliseconds.
 */
export function mainThread(trace, page) {
  const events = JSON.parse(trace.toString()).traceEvents;
  const mains = new Set(events.filter((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`));
  const isOfPage = ({ args }) => [args?.data?.url, args?.beginData?.url, args?.data?.documentLoaderURL].some((url) => url?.startsWith(page));
  const shown = events.find((event) => mains.has(`${event.pid} ${event.tid}`) && isOfPage(event));
  if (!shown) throw new Error(`the trace has nothing of ${page}`);
  const own = events.filter((event) => event.pid === shown.pid && event.tid === shown.tid && event.ph === "X" && event.dur > 0);
  const tasks = own.filter((event) => TASKS.includes(event.name));
  const scripts = own.filter((event) => SCRIPT.has(event.name));
  const isIn = (task) => scripts.some(({ ts }) => ts >= task.ts && ts < task.ts + task.dur);
  // Of an engine whose trace has no tasks, the scripts themselves.
  const busy = tasks.length > 0 ? tasks.filter(isIn) : scripts;
  return { scripts: union(busy), whole: union(tasks.length > 0 ? tasks : own) };
}
