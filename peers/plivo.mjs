// Checks Hark against Plivo's own library for Node:
//
//   inbound   texts that the library believes are taken once, and what it does not believe is refused
//   outbound  a text of Hark's is the request that the library makes of the same text
//   receipts  doubled and in the wrong order, they end where the last word says
//
//   node peers/plivo.mjs
//
// It starts a server of its own in a temporary folder, and a stand-in for Plivo's API.

import assert from "node:assert/strict";
import { createHmac, randomInt } from "node:crypto";
import plivo from "plivo";
import { capture } from "./capture.mjs";
import { CUSTOMER, OURS, answered, kept, opened, post, stateOf } from "./stage.mjs";
import { ownServer, until } from "./twilio/server.mjs";

const ID = "MAXXXXXXXXXXXXXXXXXX";
const TOKEN = "peers-auth-token";
const bare = (number) => number.slice(1);

/** The headers of a webhook, signed as Plivo signs. */
function signed(url, fields, token = TOKEN) {
  const nonce = String(randomInt(2 ** 40));
  const [address, query = ""] = url.split("?");
  const pairs = Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
  const covered = `${address}?${decodeURIComponent(query)}${query === "" ? "" : "."}${pairs.flat().join("")}.${nonce}`;
  const signature = createHmac("sha256", token).update(covered).digest("base64");
  return { "x-plivo-signature-v3": signature, "x-plivo-signature-v3-nonce": nonce };
}

/** The older way, which Plivo's pages promise for texts: it covers neither the query nor what is said. */
function signedAsBefore(url, token = TOKEN) {
  const nonce = String(randomInt(2 ** 40));
  const signature = createHmac("sha256", token).update(`${url.split("?")[0]}${nonce}`).digest("base64");
  return { "x-plivo-signature-v2": signature, "x-plivo-signature-v2-nonce": nonce };
}

/** Whether Plivo's library believes a webhook. */
const believedAsBefore = (url, headers) =>
  plivo.validateSignature(url, headers["x-plivo-signature-v2-nonce"], headers["x-plivo-signature-v2"], TOKEN);
const believed = (url, fields, headers) =>
  plivo.validateV3Signature("POST", url, headers["x-plivo-signature-v3-nonce"], TOKEN, headers["x-plivo-signature-v3"], { ...fields });

const tell = (url, fields, headers) => post(url, new URLSearchParams(fields), headers);

let taken = 0;
const provider = await capture(() => {
  taken += 1;
  return { status: 202, json: { api_id: "peer", message: "message(s) queued", message_uuid: [`peer-message-${taken}`] } };
});
const library = new plivo.Client(ID, TOKEN, { url: `${provider.url}/v1/Account/${ID}` });
const hark = await ownServer(["--provider-reach", "anywhere"]);

async function inbound(account) {
  const url = account.inbound_url;
  const words = ["Where is my order? 📦", "  café & more=1  ", "Grüße,\n你好"];
  let refused = 0;
  for (const [index, Text] of words.entries()) {
    const fields = {
      From: bare(CUSTOMER), To: bare(OURS), Type: "sms", Text, MessageUUID: `peer-text-${index}`, Units: "1", TotalRate: "0", TotalAmount: "0",
    };
    const headers = signed(url, fields);
    assert.ok(believed(url, fields, headers), "the library believes it");
    for (const _ of [1, 2]) assert.equal(await tell(url, fields, headers), 200, "a repeat is answered as the first was");
    const forgeries = [
      [{ ...fields, Text: `${Text}!` }, headers],
      [{ ...fields, More: "1" }, headers],
      [fields, signed(url, fields, "another-token")],
      [fields, signed(`${url}?more=1`, fields)],
      [fields, { ...headers, "x-plivo-signature-v3-nonce": "1" }],
    ];
    for (const [forged, made] of forgeries) {
      assert.ok(!believed(url, forged, made), "the library refuses it, too");
      assert.equal(await tell(url, forged, made), 403);
      refused += 1;
    }
    assert.equal(await tell(url, fields, {}), 403);
  }
  const fields = { From: bare(CUSTOMER), To: bare(OURS), Type: "sms", Text: "Signed as before", MessageUUID: "peer-text-before" };
  for (const [address, token, status] of [[url, TOKEN, 200], [url, "another-token", 403], [`${url}/more`, TOKEN, 403]]) {
    const headers = signedAsBefore(address, token);
    assert.equal(believedAsBefore(url, headers), status === 200);
    assert.equal(await tell(url, fields, headers), status);
  }
  words.push(fields.Text);
  assert.deepEqual(await kept(hark), words);
  return `${words.length} texts stored once, though they came twice; ${refused} forgeries refused by Hark and by the library`;
}

async function outbound(inbox) {
  const text = "It is on its way: 100 % sure & soon 🎉";
  const message = await answered(hark, inbox, text);
  await until(() => provider.seen.length > 0, "Hark's request");
  const ours = provider.seen.splice(0).at(0);
  const { url } = JSON.parse(ours.body);
  await library.messages.create({ src: bare(OURS), dst: bare(CUSTOMER), text, type: "sms", url, method: "POST" });
  const theirs = provider.seen.splice(0).at(0);
  for (const what of ["method", "path"]) assert.equal(ours[what], theirs[what], what);
  assert.equal(ours.headers.authorization, theirs.headers.authorization);
  assert.ok(theirs.headers["content-type"].startsWith(ours.headers["content-type"]), theirs.headers["content-type"]);
  assert.deepEqual(JSON.parse(ours.body), JSON.parse(theirs.body));
  assert.ok(url.startsWith(hark.base) && url.includes("/status?attempt=att_"), url);
  return { said: "Hark's request is the library's, field by field", message, url };
}

async function receipts({ message, url }) {
  const state = () => stateOf(hark, message);
  await until(async () => ["accepted", "sent"].includes(await state()), "the answer to the submit");
  const told = (Status) => ({
    From: bare(OURS), To: bare(CUSTOMER), Status, MessageUUID: "peer-message-1", ParentMessageUUID: "peer-message-1", PartInfo: "1 of 1",
    ErrorCode: "000",
  });
  for (const word of ["teleported", "delivered", "delivered", "sent", "queued", "teleported"]) {
    const headers = signed(url, told(word));
    assert.ok(believed(url, told(word), headers), word);
    assert.equal(await tell(url, told(word), headers), 204);
  }
  assert.equal(await state(), "delivered");
  assert.equal(await tell(url, told("failed"), signed(url, told("sent"))), 403);
  assert.equal(await state(), "delivered");
  return "six receipts, doubled and in the wrong order, ended in delivered";
}

try {
  const { account, inbox } = await opened(hark, "plivo", { auth_id: ID, auth_token: TOKEN, api_base_url: provider.url });
  console.log(`inbound: ok, ${await inbound(account)}`);
  const sent = await outbound(inbox);
  console.log(`outbound: ok, ${sent.said}`);
  console.log(`receipts: ok, ${await receipts(sent)}`);
} catch (error) {
  process.exitCode = 1;
  console.error(`FAILED\n${error.stack ?? error}`);
} finally {
  await hark.stop();
  await provider.close();
}
