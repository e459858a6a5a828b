// Documents that a signed-in page uploads and waits for.
import { expect, type Page } from "@playwright/test";
import { fromOurPage } from "./people";

/** Uploads a file of text into a source of files. Gives the id of its document. */
export async function upload(page: Page, source: string, name: string, content: string, mimeType = "text/markdown"): Promise<string> {
  const path = `/api/v1/sources/${source}/documents`;
  const file = { name, mimeType, buffer: Buffer.from(content) };
  const answer = await page.request.post(path, { headers: fromOurPage, multipart: { file } });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json())[0].document.id;
}

/** The same, and waits until it is found. */
export async function uploadAndRead(page: Page, source: string, name: string, content: string): Promise<string> {
  const id = await upload(page, source, name, content);
  const state = async () => (await (await page.request.get(`/api/v1/documents/${id}`)).json()).state;
  await expect.poll(state, { timeout: 30_000, intervals: [50, 100, 250] }).toMatch(/ready|embedding/);
  return id;
}
