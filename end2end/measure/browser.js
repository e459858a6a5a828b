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

/** Tasks and scripts, and nothing else: writing down what the layout does in all detail costs as much again as a small script. */
export const categories = ["toplevel", "v8", "devtools.timeline", "__metadata"];

/**
 * The processor's time of what happened on one thread, each moment counted once. Milliseconds. Not how long it took: there are fewer
 * processors than processes that serve, render and measure, and waiting for one is not work.
 */
function work(events) {
  let sum = 0;
  let end = -Infinity;
  for (const { ts, dur, tdur } of events.sort((one, other) => one.ts - other.ts || other.dur - one.dur)) {
    if (ts + dur <= end) continue;
    sum += tdur ?? dur;
    end = ts + dur;
  }
  return sum / 1000;
}

/**
 * What the main thread of a page did by a trace: the whole of it, and those of its tasks in which a script ran. The page has no
 * scripts but those that are measured. Milliseconds of the processor.
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
  return { scripts: work(busy), whole: work(tasks.length > 0 ? tasks : own) };
}
