// Real texts through our webhook, signed by Twilio's helper library: all are
// stored once, each number's in the order in which they were answered.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import twilio from "twilio";
import { random, shuffled } from "./random.mjs";
import { all, ask } from "./server.mjs";

const NUMBERS = 200;
/** Of the texts, as many as were read from the first three files, of all 2,000. */
const HINT3 = 1_398;
const BANKING = 602;

export async function inbound(hark, { files, count, seed, parallel }) {
  const next = random(seed);
  const lines = deal(files, count, next);
  const run = createHash("sha256").update(`${seed} ${Date.now()}`).digest("hex").slice(0, 20);
  const queues = [...lines.keys()];
  const counts = { answered: 0, doubled: 0, refused: 0 };
  // Each worker takes a number and posts its texts one after another.
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let number = queues.pop(); number; number = queues.pop()) {
        for (const [index, body] of lines.get(number).entries()) {
          const sid = `SM${createHash("sha256").update(`${run} ${number} ${index}`).digest("hex").slice(0, 32)}`;
          await post(hark, number, sid, body, counts, next);
        }
      }
    }),
  );
  await compare(hark, lines);
  return `${counts.answered} texts on ${lines.size} numbers stored once and in order (${counts.doubled} were posted twice, ${counts.refused} forgeries refused)`;
}

/** Texts by number: which texts, whose they are and their order follow from the seed. */
function deal(files, count, next) {
  const read = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line).text);
  const hint3 = files.slice(0, -1).flatMap(read);
  if (hint3.length !== HINT3) throw new Error(`expected ${HINT3} HINT3 texts, found ${hint3.length}`);
  const banking = shuffled(read(files.at(-1)), next).slice(0, BANKING);
  const texts = shuffled([...hint3, ...banking], next).slice(0, count);
  const lines = new Map();
  for (const text of texts) {
    const line = Math.floor(next() * NUMBERS);
    // The numbers set aside for fiction: 0100 to 0199 of 555, in two areas.
    const number = `+1${line < 100 ? 212 : 415}5550${100 + (line % 100)}`;
    lines.set(number, [...(lines.get(number) ?? []), text]);
  }
  return lines;
}

async function post(hark, number, sid, body, counts, next) {
  const url = `${hark.base}/hooks/twilio/${hark.twilio.account}/inbound`;
  const form = {
    ToCountry: "US", SmsMessageSid: sid, NumMedia: "0", SmsSid: sid, SmsStatus: "received", Body: body, FromCountry: "US",
    To: hark.twilio.to, NumSegments: "1", MessageSid: sid, AccountSid: `AC${"a".repeat(32)}`, From: number, ApiVersion: "2010-04-01",
  };
  const signature = twilio.getExpectedTwilioSignature(hark.twilio.token, url, form);
  const send = async (fields, headers) => {
    const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams(fields) });
    await answer.arrayBuffer();
    return answer.status;
  };
  const signed = { "x-twilio-signature": signature };
  if (next() < 0.02) {
    const forgeries = [
      [form, {}],
      [{ ...form, Body: `${body}!` }, signed],
      [form, { "x-twilio-signature": twilio.getExpectedTwilioSignature("another-token", url, form) }],
    ];
    for (const [fields, headers] of forgeries) {
      const status = await send(fields, headers);
      if (status !== 403) throw new Error(`a forgery was answered with ${status}`);
      counts.refused += 1;
    }
  }
  let status = await send(form, signed);
  // What Twilio does about an answer that asks for another try.
  for (let tries = 1; (status === 429 || status === 503) && tries < 20; tries += 1) {
    await new Promise((done) => setTimeout(done, 100 * tries));
    status = await send(form, signed);
  }
  if (status < 200 || status > 299) throw new Error(`a text was answered with ${status}`);
  counts.answered += 1;
  if (next() < 0.05) {
    const again = await send(form, signed);
    if (again < 200 || again > 299) throw new Error(`a repeated text was answered with ${again}`);
    counts.doubled += 1;
  }
}

/** Reads everything back through the API and compares it with what was answered. */
async function compare(hark, lines) {
  const stored = new Map([...lines.keys()].map((number) => [number, []]));
  const seen = new Map();
  for (const view of ["all", "closed", "snoozed"]) {
    for (const row of await all(hark, `/api/v1/conversations?view=${view}&limit=100`)) {
      if (row.inbox.address === hark.twilio.to) seen.set(row.id, row);
    }
  }
  for (const row of seen.values()) {
    const bodies = stored.get(row.customer.address);
    if (!bodies) throw new Error(`a conversation with ${row.customer.address}, who never wrote`);
    let after = 0;
    for (let more = true; more; ) {
      const { body } = await ask(hark, "GET", `/api/v1/conversations/${row.id}/messages?after_seq=${after}&limit=100`);
      for (const message of body.items) {
        after = Math.max(after, message.seq);
        if (message.kind === "inbound") bodies.push([message.created_at, message.seq, message.body]);
      }
      more = body.has_more && body.items.length > 0;
    }
  }
  const differences = [];
  for (const [number, expected] of lines) {
    // One conversation for each number, unless a text such as STOP came first and made a closed one.
    const bodies = stored.get(number).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , body]) => body);
    if (JSON.stringify(bodies) !== JSON.stringify(expected)) {
      const at = expected.findIndex((body, index) => body !== bodies[index]);
      differences.push(`${number}: ${expected.length} sent, ${bodies.length} stored, first difference at ${at}: ${JSON.stringify(expected[at])} / ${JSON.stringify(bodies[at])}`);
    }
  }
  if (differences.length > 0) throw new Error(differences.slice(0, 10).join("\n"));
}
