// A page that only a script fills is read as Chromium shows it, and the list says so.
import { createServer, type Server } from "node:http";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";

/** The server starts a Chromium for each page. */
const reading = { timeout: 90_000 };

const shell =
  '<!doctype html><html lang="en"><title>App</title><noscript>You need to enable JavaScript to run this app.</noscript><div id="app"></div><script src="/app.js"></script></html>';
const script = `
  fetch("/content.json").then((answer) => answer.json()).then((pages) => {
    const shown = pages[location.pathname];
    document.title = shown.title;
    document.getElementById("app").innerHTML = "<main><h1>" + shown.title + "</h1><p>" + shown.text + "</p></main>" + shown.links;
  });`;
const content = {
  "/": { title: "Opening hours", text: "The museum opens at nine.", links: '<a href="/prices">Prices</a>' },
  "/prices": { title: "Prices", text: "A ticket is seven crowns.", links: "" },
};

let site: Server;
let host = "";

test.beforeAll(async () => {
  site = createServer((request, response) => {
    const answers: Record<string, [string, string]> = {
      "/": ["text/html", shell],
      "/prices": ["text/html", shell],
      "/app.js": ["text/javascript", script],
      "/content.json": ["application/json", JSON.stringify(content)],
    };
    const [type, body] = answers[request.url ?? ""] ?? ["text/plain", ""];
    response.writeHead(body ? 200 : 404, { "content-type": `${type}; charset=utf-8` });
    response.end(body);
  });
  await new Promise<void>((ready) => site.listen(0, "127.0.0.1", ready));
  const bound = site.address();
  host = typeof bound === "object" && bound ? `127.0.0.1:${bound.port}` : "";
});

test.afterAll(() => site.close());

test("a page that only a script fills is read as Chromium shows it", async ({ page }) => {
  test.setTimeout(180_000);
  await enrol(page, { email: "rendered@example.org", password: "a hammock between trees 1" });
  const { id } = await make(page, "/api/v1/collections", { name: "Our application", description: "" });
  await make(page, `/api/v1/collections/${id}/sources`, { kind: "website", start_url: `http://${host}/` });
  await open(page, `/data/${id}`);
  await expect(page.locator(".source-row")).toContainText("Up to date", reading);
  await expect(page.locator(".source-row")).toContainText("2 documents");
  for (const title of ["Opening hours", "Prices"]) {
    const row = page.getByRole("row").filter({ hasText: title });
    await expect(row).toContainText("rendered");
  }
  await expectAccessible(page);
  await page.getByRole("link", { name: "Opening hours" }).press("Enter");
  await expect(page.getByText("The museum opens at nine.").first()).toBeVisible();
  await expect(page.getByText("enable JavaScript")).toHaveCount(0);
  await expect(page.locator(".document-state")).toContainText("rendered");
});
