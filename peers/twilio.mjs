// Checks Hark against Twilio's own code and document:
//
//   mock     our outgoing requests against a mock made from Twilio's OpenAPI document
//   inbound  real texts, signed by Twilio's helper library, posted to our webhook
//   client   Twilio's client library, pointed at our subset of its API
//
//   node peers/twilio.mjs [part ...] [--count 400] [--seed 1] [--parallel 32]
//     [--shared ../shared/data]
//     [--base-url URL --account ID --auth-token TOKEN --to NUMBER --api-key KEY]
//
// Without --base-url it starts a server of its own in a temporary folder. Parts
// whose data is not on this machine say that they were skipped.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { throughClient } from "./twilio/client.mjs";
import { inbound } from "./twilio/inbound.mjs";
import { mock } from "./twilio/mock.mjs";
import { ownServer, root } from "./twilio/server.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "400" },
    seed: { type: "string", default: "1" },
    parallel: { type: "string", default: "32" },
    shared: { type: "string", default: process.env.HARK_SHARED_DATA ?? "../shared/data" },
    "base-url": { type: "string" },
    account: { type: "string" },
    "auth-token": { type: "string" },
    to: { type: "string" },
    "api-key": { type: "string" },
  },
});

const shared = resolve(root, options.shared);
const parts = positionals.length > 0 ? positionals : ["mock", "inbound", "client"];
let failures = 0;

async function part(name, needs, run) {
  if (!parts.includes(name)) return;
  const missing = needs.map((path) => resolve(shared, path)).find((path) => !existsSync(path));
  if (missing) {
    console.log(`${name}: skipped, ${missing} is not on this machine`);
    return;
  }
  try {
    console.log(`${name}: ok, ${await run()}`);
  } catch (error) {
    failures += 1;
    console.error(`${name}: FAILED\n${error.stack ?? error}`);
  }
}

const document = "connectors/fetched/twilio/twilio_api_v2010.json";
await part("mock", [document], () => mock(resolve(shared, document)));

let server;
/** The server under test, started when it is first needed. */
async function hark() {
  if (options["base-url"]) {
    const { "base-url": base, account, "auth-token": token, to, "api-key": key } = options;
    if (!account || !token || !to || !key) throw new Error("--base-url needs --account, --auth-token, --to and --api-key");
    return { base, headers: { authorization: `Bearer ${key}` }, twilio: { account, token, to } };
  }
  server ??= await ownServer();
  return server;
}

const texts = [
  "ai/hint3_curekart_train.jsonl",
  "ai/hint3_powerplay11_train.jsonl",
  "ai/hint3_sofmattress_train.jsonl",
  "ai/banking77_train.jsonl",
];
await part("inbound", texts, async () =>
  inbound(await hark(), {
    files: texts.map((file) => resolve(shared, file)),
    count: Number(options.count),
    seed: Number(options.seed),
    parallel: Number(options.parallel),
  }),
);
await part("client", [], async () => throughClient(await hark()));

await server?.stop();
process.exitCode = failures > 0 ? 1 : 0;
