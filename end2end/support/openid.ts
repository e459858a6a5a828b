// A real OpenID provider on this machine, with the sign-in form that it comes with.
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { expect, type Page } from "@playwright/test";
import Provider from "oidc-provider";

type Claims = Record<string, unknown>;

export class OpenId {
  /** Its address. */
  issuer = "";
  readonly client = { client_id: "hammock", client_secret: "a secret of the provider's own" };
  /** What it says otherwise than it should; signed with its own key all the same. */
  changed: Claims = {};
  /** How many identities it has given. */
  given = 0;
  private server: Server | undefined;
  private key: KeyObject | undefined;
  private answers: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined;

  constructor(private readonly redirect: () => string) {}

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      if (request.url?.startsWith("/token")) this.change(response);
      this.answers?.(request, response);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const bound = server.address();
    this.issuer = typeof bound === "object" && bound ? `http://127.0.0.1:${bound.port}` : "";
    this.server = server;
    this.rotate("first");
  }

  /** From now on it signs with another key, and knows the old one no more. */
  rotate(kid: string): void {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
    const provider = new Provider(this.issuer, {
      clients: [{ ...this.client, redirect_uris: [this.redirect()] }],
      jwks: { keys: [jwk] },
      cookies: { keys: ["only for tests"] },
      claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
      // The name stands in the ID token, as with most providers.
      conformIdTokenClaims: false,
      findAccount: (_context: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, name: `${id[0].toUpperCase()}${id.slice(1)} Novák`, email: `${id}@example.org` }),
      }),
    });
    this.key = privateKey;
    this.answers = provider.callback();
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** Puts what is to be changed into the ID token of an answer. */
  private change(response: ServerResponse): void {
    const end = response.end.bind(response) as (body?: string) => ServerResponse;
    response.end = ((body?: string | Buffer) => {
      const text = String(body ?? "");
      const answer = text.startsWith("{") ? JSON.parse(text) : {};
      if (!answer.id_token) return end(text);
      this.given += 1;
      if (Object.keys(this.changed).length === 0) return end(text);
      const [head, claims] = String(answer.id_token).split(".");
      const told = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), ...this.changed };
      const signed = `${head}.${Buffer.from(JSON.stringify(told)).toString("base64url")}`;
      const signature = createSign("RSA-SHA256").update(signed).sign(this.key as KeyObject);
      const changed = JSON.stringify({ ...answer, id_token: `${signed}.${signature.toString("base64url")}` });
      response.setHeader("content-length", Buffer.byteLength(changed));
      return end(changed);
    }) as typeof response.end;
  }
}

/** Presses the button of the provider, and gives the window that it opens. */
export async function openWindow(page: Page, button: () => Promise<void>): Promise<Page> {
  // The provider's own page asks for a font from far away.
  await page.context().route(/fonts\.googleapis\.com/, (route) => route.abort());
  const opened = page.waitForEvent("popup");
  await button();
  return await opened;
}

/** Signs in with the provider's own form. The window closes by itself when that is done. */
export async function signInThere(popup: Page, login: string): Promise<void> {
  await popup.getByPlaceholder("Enter any login").fill(login);
  await popup.getByPlaceholder("and password").fill("any");
  await popup.getByRole("button", { name: "Sign-in" }).click();
  await popup.getByRole("button", { name: "Continue" }).click();
}

/** Waits until the window has closed itself. */
export async function expectClosed(popup: Page): Promise<void> {
  await expect.poll(() => popup.isClosed()).toBe(true);
}
