// A Hark of one's own, with an owner, a Twilio account and a simulator account.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A port that nobody listens on just now. */
export function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer().once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Asks Hark; throws with the problem where it does not answer 2xx. */
export async function ask(hark, method, path, body) {
  const answer = await fetch(hark.base + path, {
    method,
    headers: { ...hark.headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
  return { answer, body: text === "" ? null : JSON.parse(text) };
}

/** Every item of a list, page by page. */
export async function all(hark, path) {
  const items = [];
  let cursor = "";
  do {
    const next = cursor === "" ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await ask(hark, "GET", next);
    items.push(...body.items);
    cursor = body.next_cursor ?? "";
  } while (cursor !== "");
  return items;
}

/** A server in a temporary folder, told more than where its data and address are. */
export async function ownServer(more = []) {
  const folder = mkdtempSync(join(tmpdir(), "hark-peer-"));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const binary = process.env.HARK_BIN ?? join(root, "target/debug/hark");
  const child = spawn(binary, ["serve", "--data", folder, "--listen", `127.0.0.1:${port}`, "--public-url", base, ...more]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await Promise.race([ended, pause(10_000).then(() => child.kill("SIGKILL"))]);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`hark ended:\n${output}`);
      return fetch(`${base}/readyz`).then((answer) => answer.ok, () => false);
    });
    const hark = { base, headers: {}, stop };
    await setUp(hark, () => output);
    return hark;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for something to become true, for a minute at most. */
export async function until(holds, what = "the server") {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what} took longer than a minute`);
    await pause(100);
  }
}

async function setUp(hark, output) {
  let code;
  await until(() => (code = output().match(/^Set-up code: (\S+)$/m)?.[1]), "the set-up code");
  const password = "correct horse battery staple";
  const { answer, body: me } = await ask(hark, "POST", "/api/v1/setup", {
    code, password, name: "Peer", email: "peer@shop.example", workspace_name: "Peer", brand: "Peer", time_zone: "America/New_York", demo: false,
  });
  const cookie = answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  hark.headers = { cookie, "x-hark-csrf": me.csrf };

  const token = "peers-auth-token";
  const account = await make(hark, "accounts", {
    provider: "twilio", name: "Twilio", settings: { account_sid: `AC${"a".repeat(32)}`, auth_token: token },
  });
  hark.twilio = { account: account.id, token, to: "+15017122661" };
  await make(hark, "inboxes", { account_id: account.id, name: "Twilio", address: hark.twilio.to });

  const simulator = await make(hark, "accounts", { provider: "simulator", name: "Simulator", settings: {} });
  const inbox = await make(hark, "inboxes", { account_id: simulator.id, name: "Simulator", address: "+15005550006" });
  const made = await make(hark, "api-keys", {
    name: "Twilio client", scopes: ["read", "send"], purpose: "conversational", inbox_id: inbox.id,
  });
  hark.subset = { key: made.key.id, secret: made.secret, from: inbox.address, inbox: inbox.id };
}

async function make(hark, what, body) {
  return (await ask(hark, "POST", `/api/v1/${what}`, body)).body;
}
