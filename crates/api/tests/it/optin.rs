//! Opt-in pages as a customer's browser meets them: without a script, without an account.

use api::Config;
use domain::id::WorkspaceId;
use domain::message::{Origin, State};
use engine::conversation::Span;
use engine::rate_limit::Rate;
use engine::reply::Author;
use engine::sending::Hand;
use engine::{MessageRow, View};
use serde_json::{Value, json};
use testkit::database::for_each_engine;
use testkit::world::World;

use crate::server::{Answered, Server, Who, generous};

const AVA: &str = "+12125550101";
const BEN: &str = "+12125550102";
const HOUR: i64 = 60 * 60 * 1000;
/// Words with everything that markup could swallow.
const WORDS: &str = "I agree to \"texts\" & <b>offers</b> from Acme's shop.\nÇa va? 👋 5 > 3 &amp; reply STOP.";

pub fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let escape = |text: &str| -> String {
        let one =
            |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        text.bytes().map(one).collect()
    };
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&").into_bytes()
}

/// What a browser shows of a piece of markup.
fn read(markup: &str) -> String {
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    named.iter().fold(markup.to_owned(), |text, (name, letter)| text.replace(name, letter))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).map(|at| at + start.len()).unwrap_or_else(|| panic!("no {start} in {text}"));
    text[from..].split(end).next().unwrap()
}

/// The words beside the box, and the form's hidden fields.
fn seen(page: &Answered) -> (String, Vec<(String, String)>) {
    let words = read(between(&page.text, "class=\"words\" lang=\"", "</label>").split_once("\">").unwrap().1);
    let hidden = page.text.split("<input type=\"hidden\" name=\"").skip(1);
    let hidden =
        hidden.map(|field| (field.split('"').next().unwrap().to_owned(), read(between(field, "value=\"", "\""))));
    (words, hidden.collect())
}

struct Shop {
    server: Server,
    owner: Who,
    page: Value,
}

impl Shop {
    async fn open(server: Server, more: Value) -> Self {
        let owner = server.set_up().await;
        let mut wish = json!({
            "inbox_id": server.inbox(&owner).await, "title": "Offers by text", "region": "us", "disclosure": WORDS,
            "privacy_url": "https://shop.example/privacy", "origins": ["https://Shop.example"], "keyword": "join",
        });
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let page = server.post(&owner, "/api/v1/opt-in-pages", wish).await.ok().body;
        Self { server, owner, page }
    }

    /// The path of an address on the server of this test.
    fn path(url: &str) -> String {
        format!("/{}", url.split('/').skip(3).collect::<Vec<_>>().join("/"))
    }

    async fn browse(&self, path: &str) -> Answered {
        self.server.get(&Who::Nobody, path).await
    }

    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("user-agent", "Phone/1.0")];
        self.server.raw(&Who::Nobody, "POST", path, &headers, form(fields)).await
    }

    /// Reads a page and sends its form with a number.
    async fn sign_up(&self, path: &str, number: &str) -> Answered {
        let page = self.browse(path).await;
        let (_, hidden) = seen(&page);
        let mut fields = vec![("number", number), ("agree", "yes")];
        fields.extend(hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let action = between(&page.text, "action=\"", "\"").to_owned();
        self.submit(&action, &fields).await
    }

    async fn ledger(&self, number: &str) -> Vec<Value> {
        let list = self.server.get(&self.owner, &format!("/api/v1/consents?address=%2B{}", &number[1..])).await.ok();
        list.body["items"].as_array().unwrap().clone()
    }

    async fn phone(&self, number: &str) -> Vec<String> {
        // The simulated carrier takes its time.
        self.server.world.settle().await;
        self.server.world.clock.advance(10_000);
        self.server.world.settle().await;
        let screen = self.server.get(&self.owner, &format!("/api/v1/simulator/phones/{number}")).await;
        let texts = screen.body["texts"].as_array().cloned().unwrap_or_default();
        texts.iter().map(|text| text["body"].as_str().unwrap().to_owned()).collect()
    }

    /// The last item in a customer's thread.
    async fn last(&self, number: &str) -> MessageRow {
        let (engine, ws) = (&self.server.world.engine, self.workspace().await);
        let page = engine.conversation_page(ws, None, View::All, None, 20).await.unwrap();
        let id = page.rows.into_iter().find(|row| row.address == number).unwrap().id;
        engine.conversation_thread(ws, id, Span::After(0), 100).await.unwrap().unwrap().rows.pop().unwrap()
    }

    async fn workspace(&self) -> WorkspaceId {
        self.server.get(&self.owner, "/api/v1/me").await.ok().str("/workspace/id").parse().unwrap()
    }

    /// What the gate says to a marketing text.
    async fn sale(&self, number: &str) -> String {
        let sale = json!({"to": number, "inbox_id": self.page["inbox_id"], "body": "Sale!", "purpose": "marketing"});
        let sent = self.server.post(&self.owner, "/api/v1/messages", sale).await.ok();
        if sent.str("/message/state") == "refused" {
            sent.str("/message/reason/code")
        } else {
            sent.str("/message/state")
        }
    }
}

async fn quiet(on: testkit::On, config: Config) -> Server {
    Server::serve(World::new(on).await, config).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_keeps_exactly_what_was_read_and_its_link_confirms() {
    for_each_engine(|on| async move {
        let shop = Shop::open(quiet(on, generous()).await, json!({})).await;
        let id = shop.page["id"].as_str().unwrap().to_owned();
        let poster = json!({"name": "Till"});
        let poster = shop.server.post(&shop.owner, &format!("/api/v1/opt-in-pages/{id}/posters"), poster).await.ok();
        let path = Shop::path(&poster.str("/url"));
        let page = shop.browse(&path).await.ok();
        assert!(page.text.len() <= 20_000, "{} bytes", page.text.len());
        assert!(!page.text.contains("<script") && !page.text.contains("src="), "{}", page.text);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.ends_with("frame-ancestors 'none'")
        );
        assert!(!between(&page.text, "type=\"checkbox\"", ">").contains("checked"));
        let (words, _) = seen(&page);
        assert_eq!((words.as_str(), shop.page["disclosure"].as_str().unwrap()), (WORDS, WORDS));

        let done = shop.sign_up(&path, "(212) 555-0101").await;
        assert_eq!(done.status, 200, "{}", done.text);
        let [entry]: [Value; 1] = shop.ledger(AVA).await.try_into().unwrap();
        assert_eq!(entry["disclosure"], json!({"locale": "en-US", "text": words}));
        assert_eq!(
            (&entry["action"], &entry["method"], &entry["proof"]),
            (&json!("request"), &json!("web_form"), &json!("written"))
        );
        let evidence = &entry["evidence"];
        assert_eq!((&evidence["ip"], &evidence["user_agent"]), (&json!("127.0.0.1"), &json!("Phone/1.0")));
        assert_eq!((&evidence["source_url"], &evidence["page_version"]), (&shop.page["url"], &json!(1)));
        assert_eq!((&evidence["poster"], &evidence["poster_name"]), (&poster.body["id"], &json!("Till")));
        // Nobody is opened a conversation by what programs sent.
        let open = shop.server.get(&shop.owner, "/api/v1/conversations").await.ok();
        assert!(!open.text.contains(AVA), "{}", open.text);
        assert_eq!(shop.sale(AVA).await, "consent_missing", "a form alone permits nothing");

        let texts = shop.phone(AVA).await;
        assert_eq!(texts.len(), 1, "{texts:?}");
        let link = Shop::path(texts[0].split_whitespace().find(|word| word.starts_with("http")).unwrap());
        // A program that looks at the link confirms nothing.
        let asks = shop.browse(&link).await.ok();
        assert!(asks.text.contains("<form method=\"post\">"), "{}", asks.text);
        assert_eq!(shop.ledger(AVA).await.len(), 1);
        shop.server.world.clock.advance(60_000);
        shop.submit(&link, &[]).await.ok();
        shop.submit(&link, &[]).await.ok();
        let ledger = shop.ledger(AVA).await;
        assert_eq!(
            (ledger.len(), &ledger[0]["action"], &ledger[0]["proof"]),
            (2, &json!("confirm"), &json!("express"))
        );
        assert_eq!(ledger[0]["evidence"]["confirms"], entry["id"]);
        let texts = shop.phone(AVA).await;
        assert!(texts.len() == 2 && texts[1].contains("signed up"), "{texts:?}");
        shop.server.world.clock.advance(1_000);
        assert_eq!(shop.sale(AVA).await, "queued");
        let counted = shop.server.get(&shop.owner, &format!("/api/v1/opt-in-pages/{id}/posters")).await.ok();
        assert_eq!(counted.body["items"][0]["signups"], json!(1));

        // Another letter of the link is another link, and one of old holds no more.
        let broken = format!("{}A", &link[..link.len() - 1]);
        assert!(shop.browse(&broken).await.status == 404 || broken == link);
        shop.server.world.clock.advance(engine::optin::LINK_MS);
        assert_eq!(shop.browse(&link).await.status, 404);
        Ok(())
    })
    .await;
}

/// Eleven at night in New York: the answer to a form leaves for ten minutes, and then waits for the morning.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_at_night_is_answered_within_minutes_or_in_the_morning() {
    for_each_engine(|on| async move {
        let shop = Shop::open(quiet(on, generous()).await, json!({})).await;
        let (world, path) = (&shop.server.world, Shop::path(shop.page["url"].as_str().unwrap()));
        world.clock.advance(10 * HOUR);
        shop.sign_up(&path, AVA).await.ok();
        assert_eq!(shop.phone(AVA).await.len(), 1);
        let text = shop.last(AVA).await;
        assert_eq!(text.origin, Some(Origin::SignUpRequest));
        let ws = shop.workspace().await;
        let verdicts = world.engine.message_decisions(ws, text.id).await.unwrap().unwrap();
        for verdict in &verdicts {
            let told: Vec<_> = verdict.decision.findings.iter().map(|found| found.code.as_str()).collect();
            assert_eq!(told, ["answers_sign_up"], "nobody wrote, and no keyword was answered");
        }
        assert!(!verdicts.is_empty());

        let hand = || Hand { author: Author::SYSTEM, name: "Ops".to_owned() };
        world.engine.sending_set_workspace(ws, hand(), true, "drill".to_owned()).await.unwrap();
        shop.sign_up(&path, BEN).await.ok();
        assert_eq!(shop.last(BEN).await.reason_code.as_deref(), Some("sending_stopped"));
        world.clock.advance(11 * 60_000);
        world.engine.sending_set_workspace(ws, hand(), false, String::new()).await.unwrap();
        assert!(shop.phone(BEN).await.is_empty());
        let text = shop.last(BEN).await;
        assert_eq!((text.state, text.reason_code.as_deref()), (State::Held, Some("quiet_hours")));
        world.clock.advance(9 * HOUR);
        assert_eq!(shop.phone(BEN).await.len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_in_the_page_and_nothing_about_a_number() {
    for_each_engine(|on| async move {
        let shop = Shop::open(quiet(on, generous()).await, json!({})).await;
        let path = Shop::path(shop.page["url"].as_str().unwrap());
        let (_, hidden) = seen(&shop.browse(&path).await);
        let send = async |number: &str, agree: &str| {
            let mut fields = vec![("number", number), ("agree", agree)];
            fields.extend(hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            shop.submit(&path, &fields).await
        };
        for (number, agree, says) in [
            ("12<", "yes", "not a phone number"),
            ("212", "yes", "too few digits"),
            ("911", "yes", "Emergency"),
            ("2125550101", "", "Tick the box"),
        ] {
            let answer = send(number, agree).await;
            assert_eq!(answer.status, 422, "{number}");
            let alert = between(&answer.text, "role=\"alert\"", "</div>");
            assert!(alert.contains(says), "{number}: {alert}");
            assert_eq!(read(between(&answer.text, "required value=\"", "\"")), number);
        }
        assert!(shop.ledger(AVA).await.is_empty());
        assert_eq!(shop.server.raw(&Who::Nobody, "POST", &path, &[], b"no form".to_vec()).await.status, 422);

        // Known, opted out and unknown numbers are answered alike; who opted out is not texted.
        shop.server.post(&shop.owner, "/api/v1/opt-outs", json!({"address": BEN})).await.ok();
        let (unknown, out) = (send(AVA, "yes").await.ok(), send(BEN, "yes").await.ok());
        assert_eq!(unknown.text, out.text);
        assert_eq!((shop.phone(AVA).await.len(), shop.phone(BEN).await.len()), (1, 0));
        assert_eq!(shop.sale(BEN).await, "opted_out");

        // Words that changed since they were read are not agreed to.
        let id = shop.page["id"].as_str().unwrap();
        let mut wish = json!({"inbox_id": shop.page["inbox_id"], "title": "Offers by text", "region": "us"});
        let at = format!("/api/v1/opt-in-pages/{id}");
        let newer = shop.server.ask(&shop.owner, "PUT", &at, wish.clone()).await.ok();
        assert_eq!(
            (newer.body["version"].clone(), newer.str("/url")),
            (json!(2), shop.page["url"].as_str().unwrap().to_owned())
        );
        let stale = send("2125550103", "yes").await;
        assert!(
            stale.status == 409 && stale.text.contains("have changed") && stale.text.contains("Acme"),
            "{}",
            stale.text
        );
        assert!(shop.ledger("+12125550103").await.is_empty());
        // What customers do not read makes no new version; a page that is off takes nobody.
        wish["keyword"] = json!("JOIN");
        wish["active"] = json!(false);
        assert_eq!(shop.server.ask(&shop.owner, "PUT", &at, wish).await.ok().body["version"], json!(2));
        assert_eq!((shop.browse(&path).await.status, shop.browse("/o/0123456789abcdef0123").await.status), (404, 404));
        let audit = shop.server.get(&shop.owner, "/api/v1/audit?action=optin_page.update").await.ok();
        assert_eq!(audit.body["items"].as_array().unwrap().len(), 2);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_confirmation_grants_at_once_but_brings_nobody_back() {
    for_each_engine(|on| async move {
        let shop = Shop::open(quiet(on, generous()).await, json!({"double_opt_in": false})).await;
        let path = Shop::path(shop.page["url"].as_str().unwrap());
        shop.sign_up(&path, AVA).await.ok();
        let texts = shop.phone(AVA).await;
        assert!(texts.len() == 1 && texts[0].contains("STOP"), "{texts:?}");
        shop.server.world.clock.advance(1_000);
        assert_eq!(shop.sale(AVA).await, "queued");
        let out = json!({"address": BEN, "permits": "marketing"});
        shop.server.post(&shop.owner, "/api/v1/opt-outs", out).await.ok();
        shop.server.world.clock.advance(1_000);
        shop.sign_up(&path, BEN).await.ok();
        assert_eq!(shop.ledger(BEN).await[0]["action"], json!("request"));
        assert_ne!(shop.sale(BEN).await, "queued");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_limited_by_address_and_by_number() {
    for_each_engine(|on| async move {
        let scarce = |burst| Rate { burst, per_second: 0.001 };
        let config = Config { sign_up_rate: scarce(4.0), signed_number_rate: scarce(2.0), ..generous() };
        let shop = Shop::open(quiet(on, config).await, json!({})).await;
        let path = Shop::path(shop.page["url"].as_str().unwrap());
        let mut said = Vec::new();
        for number in [AVA, AVA, AVA, BEN, BEN] {
            let answer = shop.sign_up(&path, number).await;
            assert_eq!(answer.headers.contains_key("retry-after"), answer.status == 429);
            said.push(answer.status);
        }
        assert_eq!(said, [200, 200, 429, 200, 429]);
        assert_eq!(shop.ledger(AVA).await.len(), 2);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_stands_in_frames_of_listed_sites_alone() {
    for_each_engine(|on| async move {
        let shop = Shop::open(quiet(on, generous()).await, json!({})).await;
        let path = Shop::path(shop.page["embed_url"].as_str().unwrap());
        let site = [("referer", "https://shop.example/cart")];
        let page = shop.server.raw(&Who::Nobody, "GET", &path, &site, Vec::new()).await.ok();
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.ends_with("frame-ancestors https://shop.example"), "{policy}");
        assert!(!page.headers.contains_key("x-frame-options"));
        let own = shop.browse(&Shop::path(shop.page["url"].as_str().unwrap())).await;
        assert_eq!(own.headers["x-frame-options"], "DENY");
        let (_, hidden) = seen(&page);
        let mut fields = vec![("number", AVA), ("agree", "yes")];
        fields.extend(hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let done = shop.submit(&path, &fields).await.ok();
        assert!(!done.headers.contains_key("x-frame-options"));
        let evidence = shop.ledger(AVA).await[0]["evidence"].clone();
        assert_eq!(
            (&evidence["site"], &evidence["source_url"]),
            (&json!("https://shop.example/cart"), &shop.page["embed_url"])
        );
        let inbox = &shop.page["inbox_id"];
        for (more, field, code) in [
            (json!({"origins": ["https://a.example; script-src *"]}), "origins", "origin"),
            (json!({"privacy_url": "javascript:alert(1)"}), "privacy_url", "url"),
            (json!({"keyword": "STOP"}), "keyword", "keyword_reserved"),
            (json!({"topic": "marketing"}), "topic", "topic_reserved"),
            (json!({"region": "ca"}), "contact", "contact_missing"),
            (json!({"disclosure": "\u{1}"}), "disclosure", "disclosure_missing"),
        ] {
            let mut wish = json!({"inbox_id": inbox, "title": "x", "region": "us"});
            wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = shop.server.post(&shop.owner, "/api/v1/opt-in-pages", wish).await.is(422, "invalid");
            assert_eq!(
                (refused.str("/errors/0/field"), refused.str("/errors/0/code")),
                (field.to_owned(), code.to_owned())
            );
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_chooses_by_a_link_of_their_own() {
    for_each_engine(|on| async move {
        let shop = Shop::open(quiet(on, generous()).await, json!({"topic": "weekly deals"})).await;
        let new = json!({"address": AVA, "name": "Ava"});
        let customer = shop.server.post(&shop.owner, "/api/v1/customers", new).await.ok().str("/id");
        let at = format!("/api/v1/customers/{customer}/preference-link");
        let link = Shop::path(&shop.server.post(&shop.owner, &at, Value::Null).await.ok().str("/url"));
        let page = shop.browse(&link).await.ok();
        assert!(page.text.len() <= 20_000 && !page.text.contains("<script") && !page.text.contains(AVA));
        assert!(page.text.contains("0101") && page.text.contains("weekly deals"), "{}", page.text);
        let words = read(between(&page.text, "id=\"words\" lang=\"en-US\">", "</p>"));
        let read_words = between(&page.text, "name=\"words\" value=\"", "\"").to_owned();
        let row = |key: &'static str| [("row", key), ("words", read_words.as_str())];

        // On: a grant with the very words that stood there.
        let on = shop.submit(&link, &[&row("marketing:")[..], &[("on", "marketing:")]].concat()).await.ok();
        assert!(on.text.contains("Saved.") && on.text.contains("value=\"marketing:\" checked"), "{}", on.text);
        let entry = shop.ledger(AVA).await[0].clone();
        assert_eq!((&entry["action"], &entry["method"]), (&json!("grant"), &json!("preference_page")));
        assert_eq!((&entry["proof"], &entry["disclosure"]["text"]), (&json!("written"), &json!(words)));
        shop.server.world.clock.advance(1_000);
        assert_eq!(shop.sale(AVA).await, "queued");

        // Off: at once, also for what waits. Words that are others now agree to nothing.
        shop.submit(&link, &[&row("marketing:")[..], &[("was", "marketing:")]].concat()).await.ok();
        assert_eq!(shop.ledger(AVA).await[0]["action"], json!("revoke"));
        let refused = shop.server.get(&shop.owner, "/api/v1/refused-texts").await.ok();
        assert_eq!(refused.body["items"].as_array().unwrap().len(), 1, "what waited is refused: {}", refused.text);
        assert_ne!(shop.sale(AVA).await, "queued");
        let stale = shop.submit(&link, &[("row", "marketing:"), ("on", "marketing:"), ("words", "other")]).await;
        assert_eq!(stale.status, 409);
        // What the page does not offer is not done.
        shop.submit(&link, &[("row", "all:"), ("was", "all:"), ("words", &read_words)]).await.ok();
        assert_eq!(shop.ledger(AVA).await.len(), 2);

        // Everything: nothing is texted any more, and the page says how to return.
        shop.server.world.clock.advance(1_000);
        let stopped = shop.submit(&link, &[("stop", "1")]).await.ok();
        assert!(stopped.text.contains("text START") && !stopped.text.contains("<form"), "{}", stopped.text);
        let outs = shop.server.get(&shop.owner, "/api/v1/opt-outs").await.ok();
        let all =
            outs.body["items"].as_array().unwrap().iter().any(|row| row["address"] == AVA && row["scope"] == "all");
        assert!(all, "{}", outs.text);
        assert_eq!(shop.sale(AVA).await, "opted_out");

        // The link is ours alone, and runs out.
        let forged = link.replacen("/p/", "/p/A", 1);
        assert_eq!(shop.browse(&forged).await.status, 404);
        shop.server.world.clock.advance(engine::preferences::LINK_MS + 3_600_000);
        assert_eq!(shop.browse(&link).await.status, 404);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_and_posters_are_files_to_print() {
    for_each_engine(|on| async move {
        let shop = Shop::open(quiet(on, generous()).await, json!({})).await;
        let id = shop.page["id"].as_str().unwrap();
        let at = |query: &str| format!("/api/v1/opt-in-pages/{id}/code{query}");
        for (query, kind, starts) in [
            ("", "image/svg+xml", "<svg "),
            ("?format=png&leads_to=text", "image/png", "\u{fffd}PNG"),
            ("?format=pdf", "application/pdf", "%PDF-"),
        ] {
            let file = shop.server.get(&shop.owner, &at(query)).await.ok();
            assert_eq!(file.headers["content-type"], kind, "{query}");
            assert!(file.text.starts_with(starts), "{query}: {}", &file.text[..20]);
        }
        shop.server.get(&shop.owner, &at("?poster=beef")).await.is(404, "not_found");
        let wish = json!({"inbox_id": shop.page["inbox_id"], "title": "x", "region": "us"});
        shop.server.ask(&shop.owner, "PUT", &format!("/api/v1/opt-in-pages/{id}"), wish).await.ok();
        shop.server.get(&shop.owner, &at("?leads_to=text")).await.is(422, "invalid");
        let presets = shop.server.get(&shop.owner, "/api/v1/disclosures").await.ok();
        assert_eq!(presets.body["items"].as_array().unwrap().len(), 5);
        Ok(())
    })
    .await;
}
