// Files as programs send them.

export type Sent = { name: string; content: string };

/**
 * Files of text for an upload, as a program sends them: their names may hold quotes, which a browser writes as `%22`. Give it to
 * `page.request.post` with the headers of the page.
 */
export function formOf(files: Sent[]): { type: string; data: Buffer } {
  const boundary = "hammock-end2end-between-two-files";
  const parts = files.map(({ name, content }) => {
    const disposition = `form-data; name="file"; filename="${name.replaceAll('"', '\\"')}"`;
    return `--${boundary}\r\ncontent-disposition: ${disposition}\r\ncontent-type: text/plain\r\n\r\n${content}\r\n`;
  });
  return { type: `multipart/form-data; boundary=${boundary}`, data: Buffer.from(`${parts.join("")}--${boundary}--\r\n`) };
}
