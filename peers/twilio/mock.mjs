// Prism makes a mock from Twilio's document, which refuses requests that are not
// valid by it. The requests are made by the channel's own tests.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { freePort, root, until } from "./server.mjs";

export async function mock(document) {
  const require = createRequire(import.meta.url);
  const entry = join(dirname(require.resolve("@stoplight/prism-cli/package.json")), "dist/index.js");
  const port = await freePort();
  // Started as a process of its own, since a child of npx would survive it.
  const prism = spawn(process.execPath, [entry, "mock", "-h", "127.0.0.1", "-p", String(port), document]);
  let output = "";
  for (const stream of [prism.stdout, prism.stderr]) stream.on("data", (chunk) => (output += chunk));
  try {
    await until(async () => {
      if (prism.exitCode !== null) throw new Error(`the mock ended:\n${output}`);
      return output.includes("Prism is listening");
    }, "the mock");
    // Without a recipient the mock must say no, or its yes is worth nothing.
    const sid = `AC${"a".repeat(32)}`;
    const refused = await fetch(`http://127.0.0.1:${port}/2010-04-01/Accounts/${sid}/Messages.json`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${sid}:token`)}` },
      body: new URLSearchParams({ From: "+15017122661", Body: "hi" }),
    });
    if (refused.status !== 422) throw new Error(`the mock took a request without To: ${refused.status}`);
    const tests = await run(["test", "-p", "channels", "--test", "it", "--", "--ignored", "--nocapture", "mock::"], {
      HARK_TWILIO_MOCK: `http://127.0.0.1:${port}`,
    });
    const passed = tests.match(/^ok: /gm)?.length ?? 0;
    if (passed === 0) throw new Error(`no request was made:\n${tests}`);
    return `${passed} kinds of requests are valid by Twilio's document`;
  } finally {
    prism.kill("SIGKILL");
  }
}

function run(args, env) {
  return new Promise((done, fail) => {
    const child = spawn("cargo", args, { cwd: root, env: { ...process.env, RUST_BACKTRACE: "0", ...env } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.once("error", fail);
    child.once("exit", (code) => (code === 0 ? done(output) : fail(new Error(output))));
  });
}
