//! A pack of evidence holds everything about one address, and every tampering
//! with it is found and named.

use crate::on_both;
use domain::address::Address;
use domain::consent::{Action, Channel, Method, Permits, Proof};
use domain::evidence::manifest_message;
use domain::evidence::pack::{Fault, Head, Item, PackFile};
use domain::message::Purpose;
use engine::audit::Actor;
use engine::consent::{Disclosure, NewConsent};
use engine::evidence::{PackReport, Signer, pack_close, pack_open, verify_pack};
use engine::idempotency::Keep;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::world::World;

const AVA: &str = "+12125550101";
const BEA: &str = "+12125550102";
const WORDS: &str = "Sí, quiero ofertas de Fern. Reply STOP to end.";

fn signer() -> Signer {
    Signer::from_seed(&[7; 32]).unwrap()
}

fn stranger() -> Signer {
    Signer::from_seed(&[8; 32]).unwrap()
}

/// Two customers with consent, texts both ways, an opt-out and a text refused for it.
async fn lived(world: &World) {
    for number in [AVA, BEA] {
        let grant = NewConsent {
            address: Address::parse(number),
            channel: Channel::Sms,
            permits: Permits::Marketing,
            topic: String::new(),
            action: Action::Grant,
            proof: Proof::Written,
            method: Method::Checkout,
            disclosure: Some(Disclosure { locale: "es-US".to_owned(), text: WORDS.to_owned() }),
            evidence: json!({ "order": "1001", "ip": "203.0.113.9" }),
            occurred_at: None,
        };
        world.engine.consent_record(world.ws, Actor::Cli, grant).await.unwrap();
        world.clock.advance(10);
        world.types(number, "¿Dónde está mi pedido? 👍🏽 Ça va l’œuvre").await;
        world.sends(number, "your parcel left", Purpose::Transactional).await.unwrap();
        world.settle().await;
        world.clock.advance(10);
        world.types(number, "STOP").await;
        world.settle().await;
        world.clock.advance(10);
        world.sends(number, "one more thing", Purpose::Transactional).await.unwrap();
        world.settle().await;
        world.clock.advance(10);
    }
}

async fn pack(world: &World, number: &str) -> Vec<u8> {
    let wish = world.engine.pack_wish(world.ws, Actor::Cli, Address::parse(number), Keep::NOTHING).await.unwrap();
    world.engine.pack_bytes(world.ws, &wish, &signer(), &mut |_, _| {}).await.unwrap()
}

fn verify(bytes: &[u8]) -> PackReport {
    verify_pack(bytes, &[signer().public_key()], &[]).unwrap()
}

/// A pack taken apart.
#[derive(Clone)]
struct Apart {
    files: Vec<PackFile>,
    lines: Vec<Value>,
    /// Each line as it was written.
    written: Vec<(Value, String)>,
}

impl Apart {
    fn of(bytes: &[u8]) -> Self {
        let files = pack_open(bytes).unwrap();
        let evidence = files.iter().find(|file| file.name == "evidence.json").unwrap();
        let lines: Vec<Value> = serde_json::from_slice(&evidence.content).unwrap();
        let text = std::str::from_utf8(&evidence.content).unwrap();
        let text = text.lines().filter(|line| line.starts_with('{')).map(|line| line.trim_end_matches(',').to_owned());
        let written = lines.iter().cloned().zip(text).collect();
        Self { files, lines, written }
    }

    fn file(&mut self, name: &str) -> &mut Vec<u8> {
        &mut self.files.iter_mut().find(|file| file.name == name).unwrap().content
    }

    /// The places of a kind's items.
    fn places(&self, kind: &str) -> Vec<usize> {
        (0..self.lines.len()).filter(|at| self.lines[*at]["kind"] == kind).collect()
    }

    /// The first item of a kind with a field of a value.
    fn place(&self, kind: &str, field: &str, value: &str) -> usize {
        let found = self.places(kind).into_iter().find(|at| self.lines[*at][field] == value);
        found.ok_or_else(|| format!("no {kind} with {field} {value}")).unwrap()
    }

    /// The file again: what was not touched stays byte by byte.
    fn bound(mut self) -> Vec<u8> {
        let as_written =
            |line: &Value| self.written.iter().find(|(value, _)| value == line).map(|(_, text)| text.clone());
        let lines: Vec<String> =
            self.lines.iter().map(|line| as_written(line).unwrap_or_else(|| line.to_string())).collect();
        *self.file("evidence.json") = format!("[\n{}\n]\n", lines.join(",\n")).into_bytes();
        pack_close(&self.files).unwrap()
    }

    /// The pack as somebody makes it who can do everything but sign with the shop's key.
    fn forged(mut self) -> Vec<u8> {
        let text: Vec<String> = self.lines.iter().map(Value::to_string).collect();
        let evidence = format!("[\n{}\n]\n", text.join(",\n")).into_bytes();
        let sha = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
        let items: Vec<Value> = text
            .iter()
            .map(|line| {
                let item: Item = serde_json::from_str(line).unwrap();
                serde_json::to_value(domain::evidence::pack::listed(&item, line)).unwrap()
            })
            .collect();
        let mut manifest: Value = serde_json::from_slice(self.file("manifest.json")).unwrap();
        manifest["items"] = json!(items);
        for file in manifest["files"].as_array_mut().unwrap() {
            if file["name"] == "evidence.json" {
                *file = json!({"name": "evidence.json", "bytes": evidence.len(), "sha256": sha(&evidence)});
            }
        }
        let manifest = manifest.to_string().into_bytes();
        let signature = hex::encode(stranger().sign_bytes(&manifest_message(&manifest)));
        *self.file("manifest.sig") =
            json!({"public_key": stranger().public_key(), "signature": signature}).to_string().into_bytes();
        *self.file("manifest.json") = manifest;
        *self.file("evidence.json") = evidence;
        pack_close(&self.files).unwrap()
    }
}

/// How somebody tampers, and what must be said of it: fault, kind, which (or its beginning), a field.
struct Tampering {
    name: &'static str,
    how: fn(&mut Apart, &Apart),
    said: &'static [(Fault, &'static str, &'static str, &'static str)],
}

fn set(apart: &mut Apart, at: usize, field: &str, value: Value) {
    assert_ne!(apart.lines[at][field], value, "{field} is that already");
    apart.lines[at][field] = value;
}

macro_rules! tamperings {
    ($($name:literal: |$pack:ident, $other:ident| $how:block => $([$fault:ident $of:literal $which:literal $field:literal])+;)*) => {
        const TAMPERINGS: &[Tampering] = &[$(Tampering {
            name: $name,
            how: |$pack, $other| { let _ = $other; $how },
            said: &[$((Fault::$fault, $of, $which, $field)),+],
        }),*];
    };
}

tamperings! {
    "words of a customer's text": |p, o| { let at = p.place("message", "body", "STOP"); set(p, at, "body", json!("START")); }
        => [Altered "message" "msg_" "body"] [Unfounded "message" "msg_" "body"];
    "words of our text": |p, o| { let at = p.place("message", "body", "your parcel left"); set(p, at, "body", json!("Sale!")); }
        => [Altered "message" "msg_" "body"];
    "words of our text with their digest": |p, o| {
            let at = p.place("message", "body", "your parcel left");
            set(p, at, "body", json!("Sale!"));
            let digest = hex::encode(Sha256::digest("Sale!"));
            set(p, at, "body_sha256", json!(digest));
        } => [Altered "message" "msg_" "body"] [Unfounded "message" "msg_" ""];
    "time of a text": |p, o| { let at = p.places("message")[0]; set(p, at, "created_at", json!(1)); }
        => [Altered "message" "msg_" "created_at"];
    "direction of a text": |p, o| { let at = p.places("message")[0]; set(p, at, "direction", json!("outbound")); }
        => [Altered "message" "msg_" "direction"];
    "state of a text": |p, o| { let at = p.place("message", "state", "refused"); set(p, at, "state", json!("delivered")); }
        => [Altered "message" "msg_" "state"];
    "verdict": |p, o| { let at = p.place("decision", "verdict", "refuse"); set(p, at, "verdict", json!("send")); }
        => [Altered "decision" "msg_" "verdict"] [Unsealed "decision" "msg_" ""] [Unfounded "decision" "msg_" "verdict"];
    "record of a verdict": |p, o| {
            let at = p.places("decision")[0];
            let record = p.lines[at]["record"].as_str().unwrap().replace("\"live\":false", "\"live\":true");
            set(p, at, "record", json!(record));
        } => [Altered "decision" "msg_" "record"] [Unsealed "decision" "msg_" ""];
    "time of a verdict": |p, o| { let at = p.places("decision")[0]; set(p, at, "at", json!(5)); }
        => [Altered "decision" "msg_" "at"] [Unsealed "decision" "msg_" ""];
    "opt-out turned into a return": |p, o| { let at = p.place("consent", "action", "revoke"); set(p, at, "action", json!("resume")); }
        => [Altered "consent" "con_" "action"] [Unsealed "consent" "con_" ""];
    "time of consent": |p, o| { let at = p.place("consent", "action", "grant"); set(p, at, "occurred_at", json!(7)); }
        => [Altered "consent" "con_" "occurred_at"] [Unsealed "consent" "con_" ""];
    "proof of consent": |p, o| { let at = p.place("consent", "action", "grant"); set(p, at, "proof", json!("express")); }
        => [Altered "consent" "con_" "proof"] [Unsealed "consent" "con_" ""];
    "words read as an opt-out": |p, o| { let at = p.place("consent", "action", "revoke"); set(p, at, "evidence", json!("{}")); }
        => [Altered "consent" "con_" "evidence"] [Unsealed "consent" "con_" ""];
    "address of consent": |p, o| { let at = p.place("consent", "action", "grant"); set(p, at, "address", json!("+12125550199")); }
        => [Altered "consent" "con_" "address"] [Foreign "consent" "con_" ""];
    "disclosure": |p, o| { let at = p.places("disclosure")[0]; set(p, at, "text", json!("Yes to everything.")); }
        => [Altered "disclosure" "dis_" "text"] [Unsealed "disclosure" "dis_" ""] [Unfounded "disclosure" "dis_" "text"];
    "who acted, in the audit log": |p, o| { let at = p.places("audit")[0]; set(p, at, "actor_kind", json!("system")); }
        => [Altered "audit" "aud_" "actor_kind"] [Unsealed "audit" "aud_" ""];
    "how consent stands": |p, o| { let at = p.place("standing", "status", "revoked"); set(p, at, "status", json!("granted")); }
        => [Altered "standing" "sms" "status"];
    "opt-out lifted": |p, o| { let at = p.places("opt_out")[0]; set(p, at, "lifted_at", json!(9)); }
        => [Altered "opt_out" "all" "lifted_at"];
    "opt-out removed": |p, o| { let at = p.places("opt_out")[0]; p.lines.remove(at); } => [Missing "opt_out" "all" ""];
    "text removed": |p, o| { let at = p.place("message", "body", "STOP"); p.lines.remove(at); } => [Missing "message" "msg_" ""];
    "verdict removed": |p, o| { let at = p.place("decision", "verdict", "refuse"); p.lines.remove(at); }
        => [Missing "decision" "msg_" ""];
    "entry of the ledger removed": |p, o| { let at = p.place("consent", "action", "revoke"); p.lines.remove(at); }
        => [Missing "consent" "con_" ""] [Unfounded "opt_out" "all" ""];
    "entry of the audit log removed": |p, o| { let at = p.places("audit")[0]; p.lines.remove(at); } => [Missing "audit" "aud_" ""];
    "texts change places": |p, o| { let all = p.places("message"); p.lines.swap(all[0], all[1]); }
        => [Reordered "message" "msg_" ""];
    "row twice": |p, o| { let at = p.places("consent")[0]; let line = p.lines[at].clone(); p.lines.insert(at, line); }
        => [Doubled "consent" "con_" ""];
    "another customer's consent in its place": |p, o| {
            let at = p.place("consent", "action", "revoke");
            p.lines[at] = o.lines[o.place("consent", "action", "grant")].clone();
        } => [Added "consent" "con_" ""] [Foreign "consent" "con_" ""] [Missing "consent" "con_" ""];
    "another customer's text beside": |p, o| {
            let line = o.lines[o.places("message")[0]].clone();
            let at = p.places("message")[0];
            p.lines.insert(at, line);
        } => [Added "message" "msg_" ""] [Foreign "message" "msg_" ""];
    "end of the chain cut off": |p, o| { let at = p.places("span")[0]; p.lines[at]["entries"].as_array_mut().unwrap().pop(); }
        => [Altered "span" "after" "entries"] [Broken "span" "after" ""] [Broken "consent" "con_" ""];
    "entry of the chain altered": |p, o| { let at = p.places("span")[0]; p.lines[at]["entries"][0] = json!("00".repeat(32)); }
        => [Altered "span" "after" "entries"] [Broken "span" "after" ""];
    "beginning of the chain altered": |p, o| { let at = p.places("span")[0]; set(p, at, "hash", json!("11".repeat(32))); }
        => [Altered "span" "after" "hash"] [Broken "span" "after" ""];
    "head altered": |p, o| { let at = p.places("head")[0]; set(p, at, "hash", json!("22".repeat(32))); }
        => [Altered "head" "" "hash"] [Forged "head" "" ""];
    "head signed with another key": |p, o| { let at = p.places("head")[0]; set(p, at, "public_key", json!(stranger().public_key())); }
        => [Altered "head" "" "public_key"] [Stranger "head" "" ""];
    "head of another workspace": |p, o| { let at = p.places("head")[0]; set(p, at, "workspace", json!(format!("ws_{}", "0".repeat(32)))); }
        => [Altered "head" "" "workspace"] [Foreign "head" "" ""];
    "way into the chain taken away": |p, o| { let at = p.places("consent")[0]; set(p, at, "way", Value::Null); }
        => [Altered "consent" "con_" "way"];
    "way into the chain of another row": |p, o| {
            let all = p.places("consent");
            let way = p.lines[all[1]]["way"].clone();
            set(p, all[0], "way", way);
        } => [Altered "consent" "con_" "way"] [Unsealed "consent" "con_" ""];
    "address on the front": |p, o| { set(p, 0, "address", json!(BEA)); } => [Altered "about" "pack_" "address"] [Foreign "about" "pack_" "address"];
    "document altered": |p, o| { p.file("evidence.pdf").push(b'\n'); } => [Altered "file" "evidence.pdf" ""];
    "document of another pack": |p, o| {
            let other = o.files.iter().find(|file| file.name == "evidence.pdf").unwrap().content.clone();
            *p.file("evidence.pdf") = other;
        } => [Altered "file" "evidence.pdf" ""];
    "document removed": |p, o| { p.files.retain(|file| file.name != "evidence.pdf"); } => [Missing "file" "evidence.pdf" ""];
    "instructions altered": |p, o| { p.file("README.txt").extend(b"Trust key 0."); } => [Altered "file" "README.txt" ""];
    "file put beside": |p, o| { p.files.push(PackFile { name: "x.txt".to_owned(), content: Vec::new() }); }
        => [Added "file" "x.txt" ""];
    "two files of one name": |p, o| { let one = p.files[0].clone(); p.files.push(one); } => [Doubled "file" "README.txt" ""];
    "list altered": |p, o| {
            let text = String::from_utf8(p.file("manifest.json").clone()).unwrap().replacen("\"kind\":\"audit\"", "\"kind\":\"about\"", 1);
            *p.file("manifest.json") = text.into_bytes();
        } => [Forged "file" "manifest.json" ""] [Added "audit" "aud_" ""];
    "signature removed": |p, o| { p.files.retain(|file| file.name != "manifest.sig"); } => [Missing "file" "manifest.sig" ""];
    "list and signature of another pack": |p, o| {
            for name in ["manifest.json", "manifest.sig"] {
                let other = o.files.iter().find(|file| file.name == name).unwrap().content.clone();
                *p.file(name) = other;
            }
        } => [Foreign "about" "pack_" "address"] [Missing "message" "msg_" ""];
}

fn located(report: &PackReport, said: (Fault, &str, &str, &str)) -> bool {
    let (fault, of, which, field) = said;
    report.findings.iter().any(|one| {
        one.fault == fault
            && one.of == of
            && one.which.starts_with(which)
            && !one.which.is_empty()
            && (field.is_empty() || one.fields.iter().any(|name| name == field))
    })
}

on_both! {
    async fn a_genuine_pack_holds_and_tells_everything(world) {
        lived(&world).await;
        let bytes = pack(&world, AVA).await;
        let report = verify(&bytes);
        assert_eq!(report.findings, [], "{report:#?}");
        assert_eq!((report.address.as_str(), report.older), (AVA, 0));
        let apart = Apart::of(&bytes);
        let count = |kind: &str| apart.places(kind).len();
        // Hello and STOP, the text, the confirmation, and the one that was refused.
        assert_eq!((count("message"), count("consent"), count("disclosure"), count("opt_out")), (5, 2, 1, 1));
        assert_eq!(count("decision"), 3, "one on each of our texts");
        assert_eq!(report.sealed, count("consent") + count("disclosure") + count("decision") + count("audit"));
        let out = &apart.lines[apart.places("opt_out")[0]];
        assert_eq!((&out["words"], &out["lifted_at"]), (&json!("STOP"), &Value::Null));
        assert_eq!(apart.lines[apart.places("disclosure")[0]]["text"], WORDS);
        assert_eq!(apart.lines[apart.places("audit")[0]]["action"], "evidence.pack");
        // Nothing of the other customer stands in it, and nothing that leads to them.
        let text = String::from_utf8(apart.files.iter().find(|file| file.name == "evidence.json").unwrap().content.clone()).unwrap();
        assert!(!text.contains(BEA));
        let other = Apart::of(&pack(&world, BEA).await);
        for kind in ["message", "consent", "decision"] {
            for at in other.places(kind) {
                let id = other.lines[at]["id"].as_str().or(other.lines[at]["message"].as_str()).unwrap();
                assert!(!text.contains(id) && !text.contains(id.split_once('_').unwrap().1), "{kind} {id}");
            }
        }
        // Once for each pack that was made of her: the log tells of it.
        let again = Apart::of(&pack(&world, AVA).await);
        assert_eq!(again.places("audit").len(), 2);
    }

    async fn every_tampering_is_located(world) {
        lived(&world).await;
        let (genuine, other) = (Apart::of(&pack(&world, AVA).await), Apart::of(&pack(&world, BEA).await));
        assert!(TAMPERINGS.len() >= 20);
        assert!(verify(&genuine.clone().bound()).genuine());
        for Tampering { name, how, said } in TAMPERINGS {
            let mut tampered = genuine.clone();
            how(&mut tampered, &other);
            let report = verify(&tampered.bound());
            for one in *said {
                assert!(located(&report, *one), "{name}: {one:?} is not among {:#?}", report.findings);
            }
        }
    }

    async fn whoever_makes_the_list_anew_is_found_out_by_the_chain(world) {
        lived(&world).await;
        let genuine = Apart::of(&pack(&world, AVA).await);
        let mut turned = genuine.clone();
        let at = turned.place("consent", "action", "revoke");
        set(&mut turned, at, "action", json!("resume"));
        let report = verify(&turned.forged());
        assert!(located(&report, (Fault::Stranger, "file", "manifest.sig", "")), "{:?}", report.findings);
        assert!(located(&report, (Fault::Unsealed, "consent", "con_", "")), "{:?}", report.findings);
        let mut reworded = genuine.clone();
        let at = reworded.place("message", "body", "your parcel left");
        set(&mut reworded, at, "body", json!("50% off"));
        set(&mut reworded, at, "body_sha256", json!(hex::encode(Sha256::digest("50% off"))));
        let report = verify(&reworded.forged());
        assert!(located(&report, (Fault::Unfounded, "message", "msg_", "")), "{:?}", report.findings);
        // Made anew word for word it still is not the shop's.
        let report = verify(&genuine.forged());
        assert_eq!(report.findings.iter().map(|one| one.fault).collect::<Vec<_>>(), [Fault::Stranger]);
    }

    async fn keys_and_heads_that_the_auditor_has_decide(world) {
        lived(&world).await;
        let bytes = pack(&world, AVA).await;
        let report = verify_pack(&bytes, &[stranger().public_key()], &[]).unwrap();
        assert!(located(&report, (Fault::Stranger, "file", "manifest.sig", "")), "{:?}", report.findings);
        assert!(located(&report, (Fault::Stranger, "head", "", "")), "{:?}", report.findings);
        let heads = world.engine.heads_signed(world.ws).await.unwrap();
        let carried = |hash: &str| -> Vec<Head> {
            let head = heads.last().unwrap();
            let mut told = serde_json::to_value(head).unwrap();
            if !hash.is_empty() {
                // As the shop signed another chain before.
                let ws: uuid::Uuid = head.workspace.to_string().split_once('_').unwrap().1.parse().unwrap();
                let digest: [u8; 32] = hex::decode(hash).unwrap().try_into().unwrap();
                let message = domain::evidence::head_message(ws, head.seq, &digest, head.at);
                told["hash"] = json!(hash);
                told["signature"] = json!(hex::encode(signer().sign_bytes(&message)));
            }
            vec![serde_json::from_value(told).unwrap()]
        };
        let keys = [signer().public_key()];
        assert!(verify_pack(&bytes, &keys, &carried("")).unwrap().genuine());
        let report = verify_pack(&bytes, &keys, &carried(&"ab".repeat(32))).unwrap();
        assert!(located(&report, (Fault::Rewritten, "head", "", "")), "{:?}", report.findings);
    }

    async fn an_address_that_nobody_knows_has_a_pack_too(world) {
        lived(&world).await;
        let report = verify(&pack(&world, "+12125550777").await);
        assert_eq!((report.findings.as_slice(), report.sealed), (&[][..], 0));
    }

    async fn rows_are_found_however_their_instants_lie(world) {
        // Heads between them, so that stretches begin at heads; clocks that go back.
        let key = signer();
        for round in 0..4 {
            world.types(AVA, "hello").await;
            world.sends(AVA, &format!("text {round}"), Purpose::Transactional).await.unwrap();
            world.settle().await;
            world.engine.heads_sign(&key).await.unwrap();
            world.types(BEA, "hello").await;
            world.sends(BEA, "yours", Purpose::Transactional).await.unwrap();
            world.settle().await;
            world.clock.advance(3_600_000);
            world.clock.step(if round == 2 { -9_000_000 } else { 0 });
        }
        let bytes = pack(&world, AVA).await;
        let report = verify(&bytes);
        assert_eq!((report.findings.as_slice(), report.older), (&[][..], 0));
        assert!(Apart::of(&bytes).places("span").len() >= 4);
    }
}
