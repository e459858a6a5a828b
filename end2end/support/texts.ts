// The texts of the interface, from the files that the interface itself uses.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export const languages = ["en", "fr", "cs"] as const;
export type Language = (typeof languages)[number];

/** What a browser of this language says that it prefers. */
export const locales = { en: "en-GB", fr: "fr-FR", cs: "cs-CZ" } as const;

const folder = resolve(import.meta.dirname, "../../app/locales");
const read = (language: Language) => JSON.parse(readFileSync(resolve(folder, `${language}.json`), "utf8"));
const catalogues: Record<Language, Record<string, string>> = { en: read("en"), fr: read("fr"), cs: read("cs") };

/** The text of `key`, its `{name}`s filled in. */
export function text(language: Language, key: string, values: Record<string, string | number> = {}): string {
  const found = catalogues[language][key];
  if (!found) throw new Error(`${language} has no ${key}`);
  return Object.entries(values).reduce((all, [name, value]) => all.replaceAll(`{${name}}`, String(value)), found);
}
