import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { makeHandlers } from './handlers.ts';

const PREFIX = '/api/v1';
/** As many conversations as a busy inbox may hold; `HARK_MOCK_CONVERSATIONS` asks for another size. */
const CONVERSATIONS = 2000;

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function serve(middlewares: Connect.Server) {
  const streams = new Set<ServerResponse>();
  let seq = 1;
  const conversations = Number(process.env.HARK_MOCK_CONVERSATIONS ?? CONVERSATIONS);
  const handle = makeHandlers(conversations, (change) => {
    seq += 1;
    const data = JSON.stringify({ seq, at: Date.now(), data: {}, ...change });
    for (const stream of streams) stream.write(`event: change\nid: ${seq}\ndata: ${data}\n\n`);
  });
  setInterval(() => {
    for (const stream of streams) stream.write(`: ${seq}\n\n`);
  }, 15_000).unref();

  middlewares.use((request, response, next) => {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (!url.pathname.startsWith(PREFIX)) {
      next();
      return;
    }
    const path = url.pathname.slice(PREFIX.length);
    if (path === '/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`: ${seq}\n\n`);
      streams.add(response);
      request.on('close', () => streams.delete(response));
      return;
    }
    void readBody(request).then((body) => {
      const answer = handle({
        method: request.method ?? 'GET',
        path,
        query: url.searchParams,
        body,
      });
      response.writeHead(answer.status, {
        'content-type': answer.status >= 400 ? 'application/problem+json' : 'application/json',
      });
      response.end(answer.body === null ? undefined : JSON.stringify(answer.body));
    });
  });
}

/** Serves the API from memory under the dev and the preview server: the app without a binary. */
export function mockPlugin(): Plugin {
  return {
    name: 'hark-mock-api',
    configureServer: (server) => serve(server.middlewares),
    configurePreviewServer: (server) => serve(server.middlewares),
  };
}
