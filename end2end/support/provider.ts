// A provider of the OpenAI API on this machine that does what a test tells it to.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export type Reply = (response: ServerResponse) => void;

/** How the instruction begins of a request for the title of a conversation. */
const TITLE = "Write the title of a conversation.";

export class Provider {
  /** What it does with the next requests, in order; the last one again and again. */
  replies: Reply[] = [];
  /** The prompts that it was sent, but for those that ask for the title of a conversation. */
  prompts: string[] = [];
  /** What it does with requests for titles, which none of the replies is for. It says nothing: titles stay as they are. */
  title: Reply = says("");
  /** The address of its API. */
  base = "";
  private server: Server | undefined;

  async start(): Promise<void> {
    const server = createServer(async (request, response) => {
      if (request.url === "/v1/models") {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ object: "list", data: [{ id: "model-a", object: "model", created: 0, owned_by: "us" }] }));
        return;
      }
      const prompt = await bodyOf(request);
      if (prompt.includes(TITLE)) return this.title(response);
      this.prompts.push(prompt);
      const reply = this.replies.length > 1 ? this.replies.shift() : this.replies[0];
      reply?.(response);
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const bound = server.address();
    this.base = typeof bound === "object" && bound ? `http://127.0.0.1:${bound.port}/v1` : "";
    this.server = server;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** Forgets what the test before told it. */
  reset(): void {
    this.replies = [];
    this.prompts = [];
    this.title = says("");
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** Begins an answer. */
export const stream = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/event-stream" });

/** Goes on with it. */
export function say(response: ServerResponse, content: string, finish_reason: string | null = null): void {
  const choice = { index: 0, delta: { content }, finish_reason };
  const chunk = { id: "c", object: "chat.completion.chunk", created: 0, model: "model-a", choices: [choice] };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

/** Goes on with it, and ends it. */
export function finish(response: ServerResponse, content: string): void {
  say(response, content, "stop");
  response.end("data: [DONE]\n\n");
}

/** A whole answer. */
export const says =
  (text: string): Reply =>
  (response) => {
    stream(response);
    finish(response, text);
  };

/** The beginning of an answer, and then nothing more. */
export const hangsAfter =
  (text: string): Reply =>
  (response) => {
    stream(response);
    say(response, text);
  };

/** The beginning of an answer that the test goes on with: what is to be written to is added to `asked`. */
export const begins =
  (text: string, asked: ServerResponse[]): Reply =>
  (response) => {
    asked.push(response);
    hangsAfter(text)(response);
  };
