// Who a website says that its visitor is.
import { createHmac } from "node:crypto";

/** An identity for the visitors of an assistant, as a website's server signs it with the secret that it was given. */
export function signedIdentity(secret: string, assistant: string, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ aud: assistant, iat: now, exp: now + 600, ...claims })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}
