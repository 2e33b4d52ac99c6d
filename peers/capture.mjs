// A provider's API that writes down what it is asked, and answers what it is told to.

import { createServer } from "node:http";

/** A server on a port of its own; `answer` makes the status and the JSON of each request. */
export async function capture(answer) {
  const seen = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      // What only warms a connection is no request.
      if (request.method === "HEAD") return response.writeHead(404).end();
      const asked = { method: request.method, path: request.url, headers: request.headers, body };
      seen.push(asked);
      const { status, json } = answer(asked);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const close = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, seen, close };
}
