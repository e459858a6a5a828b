// What goes wrong most often, in each language: the message says what it was and what to do, and nothing is lost.
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { sheetBomb, sparse, wordBomb } from "../support/files";
import { expect, expectAccessible, test } from "../support/page";
import { make, open, register, signIn } from "../support/people";
import { languages, locales, text } from "../support/texts";

const protectedPdf = resolve(import.meta.dirname, "../../crates/ingest/src/parse/tests/protected.pdf");

let folder = "";
let large = "";
let site: Server;
let broken = "";

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hammock-bad-input-"));
  large = await sparse(join(folder, "archive.txt"), 200_000_000);
  site = createServer((_, response) => response.writeHead(500).end("out of order"));
  await new Promise<void>((ready) => site.listen(0, "127.0.0.1", ready));
  const bound = site.address();
  broken = typeof bound === "object" && bound ? `http://127.0.0.1:${bound.port}/` : "";
});

test.afterAll(async () => {
  site.close();
  await rm(folder, { recursive: true, force: true });
});

for (const language of languages) {
  test.describe(language, () => {
    test.describe.configure({ mode: "serial" });
    test.use({ locale: locales[language] });
    const t = (key: string, values = {}) => text(language, key, values);
    const who = { email: `bad-input-${language}@example.org`, password: "a hammock between trees 1" };
    let collection = "";

    /** The row of a file among those that were sent from this page. */
    const sent = (page: Page, name: string): Locator => page.locator(".uploads li").filter({ hasText: name });

    async function choose(page: Page, file: string | { name: string; mimeType: string; buffer: Buffer }) {
      await page.locator("input[type=file][name=file]").setInputFiles(file);
    }

    test("a wrong password", async ({ page }) => {
      await register(page, who);
      collection = (await make(page, "/api/v1/collections", { name: "Archive", description: "" })).id;
      await page.context().clearCookies();
      await page.goto("/sign-in");
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await page.locator("[name=email]").fill(who.email);
      await page.locator("[name=password]").fill("not the password 1");
      await page.getByRole("button", { name: t("auth.sign_in"), exact: true }).click();
      await expect(page.getByRole("alert")).toHaveText(t("error.wrong_credentials"));
      await expect(page.locator("[name=email]")).toHaveValue(who.email);
      await expectAccessible(page);
      await page.locator("[name=password]").fill(who.password);
      await page.getByRole("button", { name: t("auth.sign_in"), exact: true }).click();
      await expect(page.locator("main#page")).toBeVisible();
      await page.locator("html[data-live]").waitFor();
    });

    test("files that are refused at once", async ({ page }) => {
      await signIn(page, who, language);
      await open(page, `/data/${collection}`);
      await choose(page, { name: "program.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ\x90\0\x03\0\0\0", "latin1") });
      await expect(sent(page, "program.exe")).toContainText(t("error.unsupported_file_type"));
      // The name says PDF, the content does not.
      await choose(page, { name: "letter.pdf", mimeType: "application/pdf", buffer: Buffer.from("MZ\x90\0\x03\0\0\0", "latin1") });
      await expect(sent(page, "letter.pdf")).toContainText(t("error.unsupported_file_type"));
      await choose(page, { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) });
      await expect(sent(page, "empty.txt")).toContainText(t("error.empty_file"));
      await choose(page, { name: "blank.csv", mimeType: "text/csv", buffer: Buffer.from(" \n\n") });
      await expect(sent(page, "blank.csv")).toContainText(t("error.empty_file"));
      await choose(page, large);
      await expect(sent(page, "archive.txt")).toContainText(t("error.too_large.detail", { limit: 100 }));
      await choose(page, { name: "good.txt", mimeType: "text/plain", buffer: Buffer.from("A hammock hangs between two trees.") });
      await expect(sent(page, "good.txt")).toContainText(t("data.uploaded_read"), { timeout: 60_000 });
      // All of them went into one source, and the refused ones are still there to be read.
      await expect(page.locator(".source-row")).toHaveCount(1);
      await expect(sent(page, "program.exe")).toContainText(t("error.unsupported_file_type"));
      await expect(page.getByRole("link", { name: "good" }).first()).toBeVisible();
      await expectAccessible(page);
    });

    test("files that cannot be read", async ({ page }) => {
      test.setTimeout(120_000);
      await signIn(page, who, language);
      await open(page, `/data/${collection}`);
      await page.locator("input[type=file][name=file]").setInputFiles(protectedPdf);
      await choose(page, { name: "bomb.docx", mimeType: "application/octet-stream", buffer: wordBomb() });
      await choose(page, { name: "bomb.xlsx", mimeType: "application/octet-stream", buffer: sheetBomb() });
      const row = (name: string) => page.getByRole("row").filter({ hasText: name });
      await expect(row("protected.pdf")).toContainText(t("error.encrypted_file"), { timeout: 60_000 });
      await expect(row("bomb.docx")).toContainText(t("error.file_too_complex"), { timeout: 60_000 });
      await expect(row("bomb.xlsx")).toContainText(t("error.file_too_complex"), { timeout: 60_000 });
      // What was uploaded and could not be read does not merely say that it was uploaded.
      for (const name of ["protected.pdf", "bomb.docx", "bomb.xlsx"]) {
        await expect(sent(page, name)).toContainText(t("data.uploaded_failed"));
      }
      // The good one of before is as it was.
      await expect(row("good.txt")).toContainText(t("data.state.ready"), { timeout: 60_000 });
      await expectAccessible(page);
    });

    test("an address that is none, and a site that answers 500", async ({ page }) => {
      await signIn(page, who, language);
      await open(page, `/data/${collection}`);
      await page.getByRole("button", { name: t("data.add_source") }).first().click();
      const dialog = page.getByRole("dialog", { name: t("data.add_source") });
      const address = dialog.locator("[name=start_url]");
      await expect(address).toBeFocused();
      await address.fill("our website");
      await dialog.locator("[name=name]").fill("Shop");
      await dialog.getByRole("button", { name: t("data.add_source") }).click();
      await expect(dialog.locator(".field-error")).toHaveText(t("error.invalid_url"));
      await expect(address).toHaveAttribute("aria-invalid", "true");
      await expect(address).toHaveValue("our website");
      await expect(dialog.locator("[name=name]")).toHaveValue("Shop");
      await expectAccessible(page);
      await address.fill(broken);
      await dialog.getByRole("button", { name: t("data.add_source") }).click();
      await expect(dialog).toBeHidden();
      const row = page.locator(".source-row").filter({ hasText: "Shop" });
      await expect(row).toContainText(t("error.site_failed.detail", { status: 500 }), { timeout: 60_000 });
      await expectAccessible(page);
    });
  });
}

test("the server refuses what is too large by itself, with the limit in megabytes", async ({ page }) => {
  const who = { email: "too-large@example.org", password: "a hammock between trees 1" };
  await register(page, who);
  const collection = await make(page, "/api/v1/collections", { name: "Archive", description: "" });
  const source = await make(page, `/api/v1/collections/${collection.id}/sources`, { kind: "upload" });
  const headers = { origin: new URL(page.url()).origin };
  const answer = await page.request.post(`/api/v1/sources/${source.id}/documents`, {
    headers,
    multipart: { file: createReadStream(large) },
    timeout: 60_000,
  });
  expect(answer.status()).toBe(413);
  const { error } = await answer.json();
  expect([error.code, error.params.limit]).toEqual(["too_large", "100"]);
});
