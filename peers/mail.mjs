// Checks Hark's invitations and reset links against a mail server of somebody else's making.
//
//   node peers/mail.mjs
//
// It starts a server of its own, which mails through nodemailer's smtp-server.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { ask, ownServer, pause, until } from "./twilio/server.mjs";

const login = { user: "hark", pass: "s3cret/word" };
const inbox = [];

function equal(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

/** A mail server on a port of its own; what it takes goes to the inbox. */
async function mailServer(settings) {
  const server = new SMTPServer({
    ...settings,
    onAuth: ({ username, password }, _, done) =>
      username === login.user && password === login.pass ? done(null, { user: username }) : done(new Error("wrong login")),
    onRcptTo: ({ address }, _, done) =>
      address.startsWith("nobody@") ? done(Object.assign(new Error("no such mailbox"), { responseCode: 550 })) : done(),
    onData: (stream, session, done) => {
      let raw = "";
      stream.setEncoding("utf8").on("data", (chunk) => (raw += chunk));
      stream.on("end", () => {
        inbox.push({ ...parse(raw), secure: session.secure, to: session.envelope.rcptTo.map((one) => one.address) });
        done();
      });
    },
  });
  server.on("error", () => {});
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { port: server.server.address().port, close: () => new Promise((done) => server.close(done)) };
}

/** Headers and the decoded text of a plain message. */
function parse(raw) {
  const [head, ...rest] = raw.split("\r\n\r\n");
  const headers = Object.fromEntries(
    head.replace(/\r\n[ \t]+/g, " ").split("\r\n").map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const body = rest.join("\r\n\r\n");
  const printable = () => body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const encoding = (headers["content-transfer-encoding"] ?? "7bit").toLowerCase();
  const text = encoding === "base64" ? Buffer.from(body, "base64").toString() : encoding === "quoted-printable" ? printable() : body;
  return { headers, text };
}

const invite = async (hark, email) => (await ask(hark, "POST", "/api/v1/invites", { email, role: "agent" })).body;
const arrived = (count) => until(() => inbox.length >= count, "the mail");

async function linksAreMailedAndWork(hark) {
  const made = await invite(hark, "nova@shop.example");
  equal(made.email_sent, true, "email_sent");
  await arrived(1);
  const mail = inbox[0];
  equal(mail.to.join(), "nova@shop.example", "recipient");
  equal(mail.headers.from, "Fern <hark@shop.example>", "From");
  equal(mail.headers.subject, "Your invitation to Hark", "Subject");
  equal(mail.headers["auto-submitted"], "auto-generated", "Auto-Submitted");
  if (!/^<[0-9a-f]{64}@shop\.example>$/.test(mail.headers["message-id"])) throw new Error(`Message-ID: ${mail.headers["message-id"]}`);
  if (Number.isNaN(Date.parse(mail.headers.date))) throw new Error(`Date: ${mail.headers.date}`);
  const token = mail.text.match(/\/invite\/(\S+)/)[1];
  equal(`${hark.base}/invite/${token}`, made.link, "the link in the mail");
  const stranger = { base: hark.base, headers: {} };
  const joined = await ask(stranger, "POST", `/api/v1/invite-links/${token}`, { name: "Nova", password: "a long password 1" });
  equal(joined.answer.status, 201, "joining");

  await ask(stranger, "POST", "/api/v1/resets", { email: "stranger@shop.example" });
  await ask(stranger, "POST", "/api/v1/resets", { email: "nova@shop.example" });
  await arrived(2);
  equal(inbox[1].headers.subject, "A new password for Hark", "Subject");
  const reset = inbox[1].text.match(/\/reset\/(\S+)/)[1];
  await ask(stranger, "POST", `/api/v1/reset-links/${reset}`, { password: "a long password 2" });
  await ask(stranger, "POST", "/api/v1/session", { email: "nova@shop.example", password: "a long password 2" });
  await pause(200);
  equal(inbox.length, 2, "mails, for a stranger gets none");
}

/** An invitation whose mail cannot leave. */
const notMailed = (email) => async (hark) => {
  const before = inbox.length;
  const made = await invite(hark, email);
  equal(made.email_sent, false, "email_sent");
  if (!made.link?.startsWith(hark.base)) throw new Error("no link to copy");
  equal(inbox.length, before, "mails");
};

/** A certificate that nobody vouches for. */
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), "hark-peer-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const wish = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", [...wish, "-keyout", key, "-out", cert, "-subj", "/CN=127.0.0.1"], { stdio: "ignore" });
  const made = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return made;
}

let failures = 0;
async function part(name, settings, scheme, query, run) {
  inbox.length = 0;
  const mail = await mailServer(settings);
  const { user, pass } = login;
  const url = `${scheme}://${user}:${encodeURIComponent(pass)}@127.0.0.1:${mail.port}${query}`;
  let hark;
  try {
    hark = await ownServer(["--smtp-url", url, "--mail-from", "Fern <hark@shop.example>"]);
    await run(hark);
    console.log(`${name}: ok`);
  } catch (error) {
    failures += 1;
    console.error(`${name}: FAILED\n${error.stack ?? error}`);
  } finally {
    await hark?.stop();
    await mail.close();
  }
}

const plain = { disabledCommands: ["STARTTLS"], allowInsecureAuth: true };
await part("links are mailed and work", plain, "smtp", "", linksAreMailedAndWork);
await part("a refused mail leaves a link to copy", plain, "smtp", "", notMailed("nobody@shop.example"));
await part("nothing is said without TLS where TLS is wanted", plain, "smtp", "?tls=required", notMailed("nova@shop.example"));
await part("a certificate nobody vouches for is not trusted", certificate(), "smtp", "?tls=required", notMailed("nova@shop.example"));
await part("nor from the first byte", { ...certificate(), secure: true }, "smtps", "", notMailed("nova@shop.example"));
process.exit(failures === 0 ? 0 : 1);
