// The embedding model: what an administrator sees of it, and what is said where it does not serve a language.
import { uploadAndRead } from "../support/documents";
import { expect, expectAccessible, test } from "../support/page";
import { enrol, make, open } from "../support/people";

const password = "a hammock between trees 1";
const french =
  "# Horaires\n\nLe musée ouvre à neuf heures tous les jours de la semaine. Le dimanche, il ferme plus tôt que les autres jours, " +
  "et les visiteurs sont priés de quitter les salles un quart d’heure avant la fermeture.\n";

test("the model is shown with its languages, and a collection in another one says so", async ({ page }) => {
  await enrol(page, { email: `embedding-${process.pid}@example.org`, password });
  const serving = async () => (await (await page.request.get("/api/v1/embedding")).json()).serving?.name;
  await expect.poll(serving, { timeout: 60_000, intervals: [50, 100, 250] }).toBe("all-MiniLM-L6-v2");

  await open(page, "/organisation");
  const section = page.locator("section", { has: page.getByRole("heading", { name: "Search by meaning" }) });
  await expect(section).toContainText("all-MiniLM-L6-v2");
  await expect(section).toContainText("English");
  await expect(section).toContainText("384 numbers for each passage");
  await expect(section).toContainText("In other languages");
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page, "/organisation");
  await expect(section).toContainText("all-MiniLM-L6-v2");
  await expectAccessible(page);

  const collection = (await make(page, "/api/v1/collections", { name: "Musée", description: "" })).id;
  const source = await make(page, `/api/v1/collections/${collection}/sources`, { kind: "upload" });
  await uploadAndRead(page, source.id, "horaires.md", french);
  const notice = page.getByText("Most of this collection is in French, which the embedding model does not serve.");
  await open(page, `/data/${collection}`);
  await expect(notice).toBeVisible();
  await expectAccessible(page);
  await open(page, `/data/${collection}/search`);
  await expect(notice).toBeVisible();
  await expectAccessible(page);
  await open(page, "/data/coll_handbook");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(notice).toBeHidden();
});
