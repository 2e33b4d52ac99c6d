// A centre on npm's smpp, with the faults of real ones.

import smpp from "smpp";
import splitSms from "split-sms";
import { pause } from "../twilio/server.mjs";

const GSM = smpp.encodings.ASCII;

/** Septets out of octets, behind a header of so many octets. */
function unpack(octets, header) {
  const fill = (7 - ((header * 8) % 7)) % 7;
  const bits = [...octets].flatMap((octet) => [...Array(8).keys()].map((bit) => (octet >> bit) & 1)).slice(fill);
  const septets = [];
  for (let at = 0; at + 7 <= bits.length; at += 7) septets.push(bits.slice(at, at + 7).reduce((sum, bit, place) => sum | (bit << place), 0));
  if (bits.length % 7 === 0 && septets.at(-1) === 13) septets.pop();
  return Buffer.from(septets);
}

export class Centre {
  accepted = [];
  ids = new Map();
  throttled = 0;
  cuts = 0;
  binds = 0;
  unbinds = 0;
  refusedDeliveries = 0;
  #submits = 0;
  #next = 0x1f;
  #waiting = [];
  #sessions = new Set();
  #reference = 0;

  static async open(settings) {
    const centre = new Centre();
    centre.settings = settings;
    // What the library takes `data_coding` 0 for; it knows no packed septets.
    smpp.encodings.default = settings.packed ? "LATIN1" : "ASCII";
    const tls = settings.key ? { key: settings.key, cert: settings.cert } : {};
    centre.server = smpp.createServer(tls, (session) => centre.#serve(session));
    centre.server.on("tlsClientError", () => {});
    await new Promise((done) => centre.server.listen(0, "127.0.0.1", done));
    centre.port = centre.server.address().port;
    return centre;
  }

  async close() {
    for (const session of this.#sessions) session.destroy();
    await new Promise((done) => this.server.close(done));
  }

  /** Texts from phones, sent when somebody is there to take them. */
  sendWhenBound(texts) {
    this.#waiting = [...texts];
  }

  #serve(session) {
    this.#sessions.add(session);
    session.on("error", () => {});
    session.on("close", () => this.#sessions.delete(session));
    const logIn = (receives) => (pdu) => {
      this.binds += 1;
      if (pdu.password !== "secret") return session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
      session.send(pdu.response({ system_id: "centre" }));
      if (!receives) return;
      session.receives = true;
      void this.#deliver(session);
    };
    session.on("bind_transceiver", logIn(true));
    session.on("bind_receiver", logIn(true));
    session.on("bind_transmitter", logIn(false));
    session.on("enquire_link", (pdu) => session.send(pdu.response()));
    session.on("unbind", (pdu) => {
      this.unbinds += 1;
      session.send(pdu.response(), () => session.close());
    });
    session.on("submit_sm", (pdu) => this.#submit(session, pdu));
  }

  #submit(session, pdu) {
    this.#submits += 1;
    const { throttleEvery, cutEvery, cutsMax, lateEvery, lateMs } = this.settings;
    if (throttleEvery && this.#submits % throttleEvery === 0) {
      this.throttled += 1;
      const status = this.throttled % 2 === 0 ? smpp.ESME_RMSGQFUL : smpp.ESME_RTHROTTLED;
      return session.send(pdu.response({ command_status: status }));
    }
    if (session.cut) return;
    const id = (this.#next++).toString(16);
    if (cutEvery && this.#submits % cutEvery === 0 && this.cuts < cutsMax) {
      // This one arrived, and its answer never does; what is behind it is not looked at.
      this.cuts += 1;
      session.cut = true;
      this.accepted.push(this.#read(pdu, id));
      return session.destroy();
    }
    this.accepted.push(this.#read(pdu, id));
    const answer = () => session.send(pdu.response({ message_id: id }));
    if (lateEvery && this.#submits % lateEvery === 0) setTimeout(answer, lateMs);
    else if (this.#submits % 7 === 0) setTimeout(answer, 3);
    else answer();
    if (this.settings.receipts && pdu.registered_delivery === 1) this.#receipt(pdu, id);
  }

  /** A unit as this library reads it. */
  #read(pdu, id) {
    const inField = pdu.message_payload === undefined;
    const { message, udh } = inField ? pdu.short_message : pdu.message_payload;
    const joint = udh?.find((element) => element[0] === 0);
    const header = udh ? 1 + udh.reduce((sum, element) => sum + element.length, 0) : 0;
    const place = joint ? [joint[2], joint[3], joint[4]] : [pdu.sar_msg_ref_num, pdu.sar_total_segments ?? 1, pdu.sar_segment_seqnum];
    let body = message;
    if (this.settings.packed && pdu.data_coding === 0) {
      // The library was told to leave octets alone; see below.
      const raw = Buffer.from(message, "latin1");
      body = GSM.decode(unpack(raw, header));
    }
    return { id, to: pdu.destination_addr, from: pdu.source_addr, body: String(body), reference: place[0], total: place[1], part: place[2] };
  }

  #receipt(pdu, id) {
    const number = parseInt(id, 16);
    const failed = number % 10 === 0;
    this.ids.set(id, failed ? "undelivered" : "delivered");
    const [stat, state, err] = failed ? ["UNDELIV", 5, "011"] : ["DELIVRD", 2, "000"];
    const dialects = [
      // The protocol's own, the id in decimal.
      { short_message: `id:${String(number).padStart(10, "0")} sub:001 dlvrd:001 submit date:2611271000 done date:2611271001 stat:${stat} err:${err} text:stat:REJECTD` },
      // Another order and case, dates with seconds.
      { short_message: `ID:${number} STAT:${stat} DONE DATE:261127100100 ERR:${err}` },
      // Parameters alone.
      { short_message: "", receipted_message_id: String(number), message_state: state, ...(failed ? { network_error_code: Buffer.from([3, 0, 11]) } : {}) },
      { short_message: `id=${number};done_date=20261127100100;stat=${stat};err=${err};text=` },
    ];
    const unit = { ...dialects[number % dialects.length], esm_class: 4, source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, source_addr_ton: 1, source_addr_npi: 1, data_coding: 0 };
    const tell = () => {
      const session = [...this.#sessions].find((one) => one.receives);
      if (!session) return this.server.listening ? setTimeout(tell, 20) : undefined;
      session.deliver_sm(unit, (answer) => {
        if (answer.command_status !== 0) setTimeout(tell, 20);
      });
    };
    // Some come before the answer to the text itself.
    if (number % 5 === 0) tell();
    else setTimeout(tell, 10);
  }

  async #deliver(session) {
    while (this.#waiting.length > 0 && this.#sessions.has(session)) {
      const text = this.#waiting.shift();
      // Parts of a text in any order, and texts beside each other.
      await Promise.all(this.#units(text).reverse().map((unit) => this.#deliverOne(session, unit)));
      if (this.#waiting.length % 50 === 0) await pause(1);
    }
  }

  #deliverOne(session, unit) {
    return new Promise((done) => {
      session.deliver_sm(unit, (answer) => {
        if (answer.command_status === 0) return done();
        this.refusedDeliveries += 1;
        setTimeout(() => void this.#deliverOne(session, unit).then(done), 20);
      });
    });
  }

  #units({ from, body, shape }) {
    const { parts, characterSet } = splitSms.split(body);
    const data_coding = characterSet === "GSM" ? 0 : 8;
    const common = { source_addr: from, source_addr_ton: 1, source_addr_npi: 1, destination_addr: "24365", data_coding };
    if (parts.length === 1) return [{ ...common, short_message: body }];
    if (shape === "payload") return [{ ...common, short_message: "", message_payload: body }];
    this.#reference = (this.#reference + 1) % 256;
    return parts.map(({ content }, index) =>
      shape === "header"
        ? { ...common, esm_class: 0x40, short_message: { udh: Buffer.from([5, 0, 3, this.#reference, parts.length, index + 1]), message: content } }
        : { ...common, short_message: content, sar_msg_ref_num: this.#reference, sar_total_segments: parts.length, sar_segment_seqnum: index + 1 },
    );
  }
}
