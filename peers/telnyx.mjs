// Checks Hark against Telnyx's own library for Node:
//
//   inbound   texts that the library believes are taken once, and what it does not believe is refused
//   outbound  a text of Hark's is the request that the library makes of the same text
//   receipts  doubled and in the wrong order, they end where the last word says
//
//   node peers/telnyx.mjs
//
// It starts a server of its own in a temporary folder, and a stand-in for Telnyx's API.

import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import Telnyx from "telnyx";
import { capture } from "./capture.mjs";
import { CUSTOMER, OURS, answered, kept, opened, post, stateOf } from "./stage.mjs";
import { ownServer, until } from "./twilio/server.mjs";

const API_KEY = "KEY0123-of-the-peer";
const PROFILE = "4000eba1-a0c0-4563-9925-b25e842a7cb6";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
// The portal shows the 32 bytes alone, which end the DER form.
const KEY = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");

const event = (kind, payload) => ({
  data: { event_type: kind, id: randomUUID(), occurred_at: new Date().toISOString(), record_type: "event", payload },
  meta: { attempt: 1, delivered_to: "https://hark.example/hooks" },
});
const received = (id, text, more = {}) =>
  event("message.received", {
    id, text, direction: "inbound", record_type: "message", type: "SMS", messaging_profile_id: PROFILE, media: [], errors: [],
    received_at: new Date().toISOString(), from: { phone_number: CUSTOMER, carrier: "T-MOBILE USA, INC.", line_type: "Wireless" },
    to: [{ phone_number: OURS, carrier: "Telnyx", line_type: "Wireless", status: "webhook_delivered" }], ...more,
  });

/** The headers of a webhook, signed as Telnyx signs. */
function signed(body, { at = Date.now(), key = privateKey } = {}) {
  const time = String(Math.floor(at / 1000));
  const signature = sign(null, Buffer.from(`${time}|${body}`), key).toString("base64");
  return { "telnyx-signature-ed25519": signature, "telnyx-timestamp": time };
}

let taken = 0;
const telnyx = await capture(() => {
  taken += 1;
  return { status: 200, json: { data: { id: `peer-message-${taken}`, record_type: "message", parts: 1, to: [{ status: "queued" }] } } };
});
const library = new Telnyx({ apiKey: API_KEY, baseURL: `${telnyx.url}/v2`, publicKey: KEY, maxRetries: 0 });
const hark = await ownServer(["--provider-reach", "anywhere"]);

/** Posts an event as Telnyx does. */
const tell = (url, body, headers) => post(url, body, { "content-type": "application/json", ...headers });

async function inbound(account) {
  const url = account.inbound_url;
  const words = ["Where is my order? 📦", "  café & more=1  ", "Grüße,\n你好"];
  let refused = 0;
  for (const [index, text] of words.entries()) {
    const body = JSON.stringify(received(`peer-text-${index}`, text));
    const headers = signed(body);
    await library.webhooks.unwrap(body, { headers });
    for (const _ of [1, 2]) assert.ok([200, 204].includes(await tell(url, body, headers)), "a repeat is answered as the first was");
    const other = generateKeyPairSync("ed25519").privateKey;
    const forgeries = [
      [body, {}],
      [`${body} `, headers],
      [body.replace("peer-text", "poor-text"), headers],
      [body, signed(body, { key: other })],
      [body, signed(body, { at: Date.now() - 301_000 })],
      [body, { ...headers, "telnyx-timestamp": String(Number(headers["telnyx-timestamp"]) + 1) }],
    ];
    for (const [forged, made] of forgeries) {
      await assert.rejects(async () => library.webhooks.unwrap(forged, { headers: made }), "the library refuses it, too");
      assert.equal(await tell(url, forged, made), 403);
      refused += 1;
    }
  }
  // Of a text that somebody else sends through the profile nothing is kept.
  const others = JSON.stringify(event("message.finalized", { id: "others", to: [{ phone_number: CUSTOMER, status: "delivered" }] }));
  assert.equal(await tell(url, others, signed(others)), 204);
  assert.deepEqual(await kept(hark), words);
  return `${words.length} texts stored once, though each came twice; ${refused} forgeries refused by Hark and by the library`;
}

async function outbound(inbox) {
  const text = "It is on its way: 100 % sure & soon 🎉";
  const message = await answered(hark, inbox, text);
  await until(() => telnyx.seen.length > 0, "Hark's request");
  const ours = telnyx.seen.splice(0).at(0);
  const { webhook_url, ...fields } = JSON.parse(ours.body);
  await library.messages.send({ from: OURS, to: CUSTOMER, text, type: "SMS", messaging_profile_id: PROFILE, webhook_url });
  const theirs = telnyx.seen.splice(0).at(0);
  for (const what of ["method", "path"]) assert.equal(ours[what], theirs[what], what);
  for (const header of ["authorization", "content-type"]) assert.equal(ours.headers[header], theirs.headers[header], header);
  assert.deepEqual({ ...fields, webhook_url }, JSON.parse(theirs.body));
  assert.ok(webhook_url.startsWith(hark.base) && webhook_url.includes("/status?attempt=att_"), webhook_url);
  return { said: "Hark's request is the library's, field by field", message, webhook_url };
}

async function receipts({ message, webhook_url }) {
  const state = () => stateOf(hark, message);
  await until(async () => ["accepted", "sent"].includes(await state()), "the answer to the submit");
  const told = (kind, status, errors = []) =>
    JSON.stringify(event(kind, { id: "peer-message-1", direction: "outbound", errors, to: [{ phone_number: CUSTOMER, status }] }));
  const last = told("message.finalized", "delivered");
  const first = told("message.sent", "sent");
  const strange = told("message.teleported", "teleported");
  for (const body of [strange, last, last, first, first, strange]) {
    const headers = signed(body);
    await library.webhooks.unwrap(body, { headers });
    assert.equal(await tell(webhook_url, body, headers), 204);
  }
  assert.equal(await state(), "delivered");
  assert.equal(await tell(webhook_url, told("message.finalized", "delivery_failed"), {}), 403);
  assert.equal(await state(), "delivered");
  return "six receipts, doubled and in the wrong order, ended in delivered";
}

try {
  const settings = { api_key: API_KEY, webhook_public_key: KEY, messaging_profile_id: PROFILE, api_base_url: telnyx.url };
  const { account, inbox } = await opened(hark, "telnyx", settings);
  console.log(`inbound: ok, ${await inbound(account)}`);
  const sent = await outbound(inbox);
  console.log(`outbound: ok, ${sent.said}`);
  console.log(`receipts: ok, ${await receipts(sent)}`);
} catch (error) {
  process.exitCode = 1;
  console.error(`FAILED\n${error.stack ?? error}`);
} finally {
  await hark.stop();
  await telnyx.close();
}
