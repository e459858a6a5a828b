import { rm } from "node:fs/promises";

/** Removes the data directory of this run. */
export default async function teardown(): Promise<void> {
  const data = process.env.HAMMOCK_TEST_DATA;
  if (data) {
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  }
}
