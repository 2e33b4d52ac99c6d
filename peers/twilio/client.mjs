// Twilio's own client library, pointed at Hark's subset of its API. The account
// it wants is the API key's id in Twilio's form: AC and the id's 32 digits.

import assert from "node:assert/strict";
import twilio from "twilio";
import { all, ask, until } from "./server.mjs";

export async function throughClient(hark) {
  if (!hark.subset) return "nothing done: a server of one's own is needed";
  const { key, secret, from, inbox } = hark.subset;
  const client = twilio(key, secret, { accountSid: `AC${key.replace(/^key_/, "")}` });
  client.api.baseUrl = hark.base;
  const to = "+12125550123";
  const other = "+12125550124";
  // They text first: an answer may leave at any hour, so that this holds by night as well.
  for (const customer of [to, other]) {
    await ask(hark, "POST", "/api/v1/simulator/texts", { from: customer, inbox_id: inbox, body: "Where is my order?" });
  }
  const body = "Your order #1001 is on its way 📦";

  const sent = await client.messages.create({ to, from, body });
  assert.equal(sent.to, to);
  assert.equal(sent.from, from);
  assert.equal(sent.body, body);
  assert.equal(sent.direction, "outbound-api");
  assert.ok(["accepted", "queued", "sending", "sent"].includes(sent.status), sent.status);
  assert.ok(sent.dateCreated instanceof Date && !Number.isNaN(sent.dateCreated.valueOf()), "a date as Twilio writes it");

  const fetched = await client.messages(sent.sid).fetch();
  assert.equal(fetched.sid, sent.sid);
  assert.equal(fetched.body, body);

  const second = await client.messages.create({ to, from, body: "And it has arrived." });
  const listed = await client.messages.list({ to, limit: 20 });
  assert.deepEqual(new Set(listed.map((message) => message.sid)), new Set([sent.sid, second.sid]));

  // Many messages come page by page, each once, the latest first.
  const many = [];
  for (let n = 0; n < 250; n += 1) {
    many.push((await client.messages.create({ to: other, from, body: `Number ${n}` })).sid);
  }
  const paged = await client.messages.list({ to: other, pageSize: 40 });
  assert.deepEqual(paged.map((message) => message.sid), many.toReversed());
  const everyone = await client.messages.list({ from, pageSize: 100 });
  assert.equal(new Set(everyone.map((message) => message.sid)).size, 252);
  const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000);
  assert.equal((await client.messages.list({ dateSentAfter: tomorrow })).length, 0);

  await until(async () => (await client.messages(sent.sid).fetch()).status === "delivered", "the delivery");
  const rows = await all(hark, "/api/v1/conversations?view=all&limit=100");
  const row = rows.find((one) => one.customer.address === to);
  const { body: thread } = await ask(hark, "GET", `/api/v1/conversations/${row.id}/messages?limit=50`);
  const bodies = thread.items.filter((message) => message.kind === "outbound").map((message) => message.body);
  assert.deepEqual(bodies, [body, "And it has arrived."]);

  // Errors come in the form the library knows.
  await assert.rejects(client.messages.create({ to: "12", from, body }), (error) => error.status === 400 && error.code === 21211);
  await assert.rejects(client.messages("SM00000000000000000000000000000000").fetch(), (error) => error.status === 404);
  const stranger = twilio(key, "a-wrong-secret", { accountSid: `AC${key.replace(/^key_/, "")}` });
  stranger.api.baseUrl = hark.base;
  await assert.rejects(stranger.messages.create({ to, from, body }), (error) => error.status === 401);
  return "texts were created, fetched, listed, delivered and refused through Twilio's client library";
}
