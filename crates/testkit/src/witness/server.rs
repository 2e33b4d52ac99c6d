//! The witness's half of Twilio's HTTP.

use super::answers::Answers;
use super::journal::{Entry, Journal, Verdict};
use super::message::Message;
use super::{Behaviour, chance, receipts};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// The reason for which a connection is broken on purpose.
#[derive(Debug)]
struct Break;

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken on purpose")
    }
}
impl std::error::Error for Break {}

#[derive(Default)]
struct Known {
    entries: Vec<Entry>,
    messages: Vec<Message>,
    by_key: HashMap<String, usize>,
}

/// The witness: what it knows, how it behaves and where it writes.
pub struct Witness {
    journal: Journal,
    behaviour: Behaviour,
    begun: Instant,
    known: Mutex<Known>,
    answers: Answers,
    client: reqwest::Client,
}

impl Witness {
    /// A witness over a journal.
    ///
    /// # Errors
    /// The client for status callbacks could not be made.
    #[expect(clippy::disallowed_methods, reason = "a process of its own, outside Hark and its clock")]
    pub fn new(journal: Journal, behaviour: Behaviour) -> io::Result<Arc<Self>> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().map_err(io::Error::other)?;
        Ok(Arc::new(Self {
            journal,
            behaviour,
            begun: Instant::now(),
            known: Mutex::default(),
            answers: Answers::default(),
            client,
        }))
    }

    /// Answers on a listener until the process ends.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let witness = Arc::clone(&self);
            tokio::spawn(async move {
                let service = service_fn(|request| {
                    let witness = Arc::clone(&witness);
                    async move { witness.answer(request).await }
                });
                // Connections end in all ways; the journal is what counts.
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }

    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Break> {
        let path = request.uri().path().to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        if path == "/journal" {
            return Ok(self.journal_answer(&query));
        }
        if path == "/hold" || path == "/release" {
            let held_back = path == "/hold";
            self.answers.hold_back(held_back);
            return Ok(reply(StatusCode::OK, &json!({ "held_back": held_back })));
        }
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let authorised = request.headers().contains_key("authorization");
        match (request.method(), segments.as_slice()) {
            (_, ["2010-04-01", "Accounts", ..]) if !authorised => {
                Ok(reply(StatusCode::UNAUTHORIZED, &json!({ "code": 20003, "message": "Authenticate", "status": 401 })))
            }
            (&Method::POST, ["2010-04-01", "Accounts", account, "Messages.json"]) => {
                // A caller that dies meanwhile takes nothing back: a submit once read is
                // written down, carried out and reported, as at a provider.
                tokio::spawn(self.submit((*account).to_owned(), request)).await.unwrap_or(Err(Break))
            }
            (&Method::GET, ["2010-04-01", "Accounts", _, "Messages.json"]) if self.behaviour.unlisted => Ok(missing()),
            (&Method::GET, ["2010-04-01", "Accounts", account, "Messages.json"]) => Ok(self.list(account, &query)),
            (&Method::GET, ["2010-04-01", "Accounts", account, "Messages", name]) => {
                let sid = name.trim_end_matches(".json");
                let known = self.known();
                let message = known.messages.iter().find(|message| message.entry.sid == sid);
                Ok(message
                    .map_or_else(missing, |message| reply(StatusCode::OK, &message.resource(account, "delivered"))))
            }
            (&Method::GET, ["2010-04-01", "Accounts", _, "Messages", _, "Media", _]) => {
                let answer = Response::builder().header("content-type", "image/png");
                answer.body(Full::new(Bytes::from(super::picture::png()))).map_err(|_| Break)
            }
            (&Method::GET, ["2010-04-01", "Accounts", name]) => {
                let sid = name.trim_end_matches(".json");
                Ok(reply(StatusCode::OK, &json!({ "sid": sid, "friendly_name": "Witness", "status": "active" })))
            }
            _ => Ok(missing()),
        }
    }

    async fn submit(
        self: Arc<Self>,
        account: String,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Break> {
        let key = ["i-twilio-idempotency-token", "idempotency-key"]
            .iter()
            .find_map(|name| request.headers().get(*name))
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        // Half a request carries nothing out.
        let body = Limited::new(request.into_body(), 1 << 20).collect().await.map_err(|_| Break)?.to_bytes();
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
        let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let Some(to) = field("To") else {
            return Ok(reply(
                StatusCode::BAD_REQUEST,
                &json!({ "code": 21604, "message": "A 'To' phone number is required.", "status": 400 }),
            ));
        };
        let callback = field("StatusCallback");
        let service = field("MessagingServiceSid");
        let text = field("Body").unwrap_or_default();
        let media = form.iter().filter(|(name, _)| name == "MediaUrl").count();
        let attempt = callback.as_deref().and_then(attempt_in);

        let (message, verdict) = {
            let mut known = self.known();
            let number = known.entries.len() as u64 + 1;
            let repeated = key.as_ref().filter(|_| self.behaviour.keys).and_then(|key| known.by_key.get(key)).copied();
            let verdict = if repeated.is_some() {
                Verdict::Repeated
            } else if chance(self.behaviour.seed, number * 2) < self.behaviour.throttle_pct {
                Verdict::Throttled
            } else if chance(self.behaviour.seed, number * 2 + 1) < self.behaviour.drop_pct {
                Verdict::TakenUnanswered
            } else {
                Verdict::Taken
            };
            let first = repeated.and_then(|index| known.entries.get(index)).map(|entry| entry.sid.clone());
            let entry = Entry {
                number,
                verdict,
                sid: first.unwrap_or_else(|| format!("SM{number:032x}")),
                attempt,
                key: key.clone(),
                to,
                from: field("From").or_else(|| service.clone()).unwrap_or_default(),
                body_sha256: hex::encode(Sha256::digest(text.as_bytes())),
                media,
                monotonic_us: self.monotonic_us(),
                at: unix_ms(),
            };
            if verdict.left()
                && let Some(key) = key
            {
                let index = known.entries.len();
                known.by_key.entry(key).or_insert(index);
            }
            known.entries.push(entry.clone());
            let message = Message { entry, body: text, service, callback };
            if verdict.left() {
                known.messages.push(message.clone());
            }
            (message, verdict)
        };
        if let Err(error) = self.journal.append(&message.entry).await {
            eprintln!("witness: {error}");
            return Err(Break);
        }
        if !self.behaviour.delay.is_zero() {
            tokio::time::sleep(self.behaviour.delay).await;
        }
        self.answers.go().await;
        if verdict.left()
            && let Some(token) = &self.behaviour.receipts
        {
            tokio::spawn(receipts::report(self.client.clone(), token.clone(), account.clone(), message.clone()));
        }
        match verdict {
            Verdict::TakenUnanswered => Err(Break),
            Verdict::Throttled => {
                let mut answer = reply(
                    StatusCode::TOO_MANY_REQUESTS,
                    &json!({ "code": 20429, "message": "Too Many Requests", "status": 429 }),
                );
                answer.headers_mut().insert("retry-after", hyper::header::HeaderValue::from_static("1"));
                Ok(answer)
            }
            Verdict::Taken | Verdict::Repeated => Ok(reply(StatusCode::CREATED, &message.resource(&account, "queued"))),
        }
    }

    /// The texts that left, newest first, by recipient and sender.
    fn list(&self, account: &str, query: &str) -> Response<Full<Bytes>> {
        let query: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let size: usize = query.get("PageSize").and_then(|size| size.parse().ok()).unwrap_or(50).clamp(1, 1000);
        let page: usize = query.get("Page").and_then(|page| page.parse().ok()).unwrap_or(0);
        let known = self.known();
        let wanted = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
        let mut matching = known
            .messages
            .iter()
            .rev()
            .filter(|message| wanted("To", &message.entry.to) && wanted("From", &message.entry.from))
            .skip(page * size);
        let shown: Vec<Value> =
            matching.by_ref().take(size).map(|message| message.resource(account, "delivered")).collect();
        let next = matching.next().map(|_| {
            let mut next =
                url::form_urlencoded::Serializer::new(format!("/2010-04-01/Accounts/{account}/Messages.json?"));
            for (name, value) in query.iter().filter(|(name, _)| *name != "Page") {
                next.append_pair(name, value);
            }
            next.append_pair("Page", &(page + 1).to_string());
            next.finish()
        });
        reply(StatusCode::OK, &json!({ "messages": shown, "page": page, "page_size": size, "next_page_uri": next }))
    }

    /// The journal's entries after a number, as they were read.
    fn journal_answer(&self, query: &str) -> Response<Full<Bytes>> {
        let since: usize = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "since")
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(0);
        let now_us = self.monotonic_us();
        let known = self.known();
        let items = known.entries.get(since..).unwrap_or_default();
        reply(
            StatusCode::OK,
            &json!({
                "items": items,
                "total": known.entries.len(),
                "unanswered": self.answers.waiting(),
                "monotonic_us": now_us,
            }),
        )
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Witness({} submits)", self.known().entries.len())
    }
}

#[expect(clippy::disallowed_methods, reason = "a process of its own, outside Hark and its clock")]
fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The try that rides along in a status callback's URL.
fn attempt_in(callback: &str) -> Option<String> {
    let (_, query) = callback.split_once('?')?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "attempt")
        .map(|(_, value)| value.into_owned())
}

fn missing() -> Response<Full<Bytes>> {
    reply(
        StatusCode::NOT_FOUND,
        &json!({ "code": 20404, "message": "The requested resource was not found", "status": 404 }),
    )
}

fn reply(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from(body.to_string())));
    *answer.status_mut() = status;
    answer.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    answer
}
