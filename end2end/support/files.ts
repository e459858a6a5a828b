// Files that are uploaded: small documents of the usual kinds, and some that nobody should be able to upload, made here so that
// no large one is kept in the repository.
import { truncate, writeFile } from "node:fs/promises";
import { constants, deflateRawSync } from "node:zlib";

/** A file of this many bytes that takes no room on disk. */
export async function sparse(path: string, bytes: number): Promise<string> {
  await writeFile(path, "a large text\n");
  await truncate(path, bytes);
  return path;
}

/** A part of an archive: its name, its compressed bytes, how many those are without compression, and their checksum. */
type Part = { name: string; packed: Buffer; size: number; sum: number };

function checksum(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** A small part. */
export function part(name: string, content: string): Part {
  return { name, packed: deflateRawSync(content), size: Buffer.byteLength(content), sum: checksum(Buffer.from(content)) };
}

/**
 * A part of spaces that unpacks to `blocks` times 16 MB, in a few kilobytes a block. Its checksum is wrong: whoever gets so
 * far as to compare it has unpacked everything.
 */
export function bomb(name: string, blocks: number): Part {
  const size = 16 * 1024 * 1024;
  // Blocks that end at a whole byte and refer to nothing before them can be repeated.
  const block = deflateRawSync(Buffer.alloc(size, " "), { finishFlush: constants.Z_FULL_FLUSH });
  const end = Buffer.from([0x03, 0x00]);
  return { name, packed: Buffer.concat([...Array<Buffer>(blocks).fill(block), end]), size: size * blocks, sum: 0 };
}

/** An archive. */
export function zip(parts: Part[]): Buffer {
  const out: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, packed, size, sum } of parts) {
    const label = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(33, 8);
    common.writeUInt32LE(sum, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(label.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, label, packed]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, entry, label]));
    out.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...out, entries, end]);
}

/** A Word file of a few megabytes that unpacks to 3 GB. */
export const wordBomb = () =>
  zip([part("[Content_Types].xml", "<Types/>"), bomb("word/document.xml", 192)]);

/** A spreadsheet of a few megabytes that unpacks to 3 GB. */
export const sheetBomb = () =>
  zip([part("[Content_Types].xml", "<Types/>"), part("xl/workbook.xml", "<workbook/>"), bomb("xl/worksheets/sheet1.xml", 192)]);

/** A Word document with a heading and these paragraphs. */
export function word(heading: string, paragraphs: string[]): Buffer {
  const types = "http://schemas.openxmlformats.org/package/2006";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
  const main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const shown = (text: string, style = "") => `<w:p>${style}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
  const body = [shown(heading, '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'), ...paragraphs.map((text) => shown(text))].join("");
  return zip([
    part(
      "[Content_Types].xml",
      `${head}<Types xmlns="${types}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${main}"/></Types>`,
    ),
    part(
      "_rels/.rels",
      `${head}<Relationships xmlns="${types}/relationships"><Relationship Id="rId1" Type="${office}" Target="word/document.xml"/></Relationships>`,
    ),
    part(
      "word/document.xml",
      `${head}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ),
  ]);
}

/** A PDF whose pages have these lines, without brackets in them. */
export function pdf(pages: string[][]): Buffer {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${4 + at * 2} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  pages.forEach((lines, at) => {
    const content = `BT /F1 12 Tf 14 TL 72 720 Td ${lines.map((line) => `(${line}) Tj`).join(" T* ")} ET`;
    const page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>";
    objects.push(`${page} /Contents ${5 + at * 2} 0 R >>`, `<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  });
  let file = "%PDF-1.4\n";
  let table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  objects.forEach((object, at) => {
    table += `${String(file.length).padStart(10, "0")} 00000 n \n`;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
  });
  const end = `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF`;
  return Buffer.from(file + table + end, "latin1");
}
