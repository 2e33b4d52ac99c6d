//! A server for one test, and a caller with its cookie and CSRF value.

use std::error::Error;

use api::{Api, Config};
use engine::rate_limit::Rate;
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use testkit::world::World;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running server over a world.
pub struct Server {
    pub world: World,
    pub base: String,
    client: reqwest::Client,
    _stop: oneshot::Sender<()>,
}

/// Who asks.
#[derive(Clone, Default)]
pub enum Who {
    #[default]
    Nobody,
    Member {
        cookie: String,
        csrf: String,
    },
    Key(String),
}

/// An answer, read.
#[derive(Debug)]
pub struct Answered {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answered {
    pub async fn read(response: Response) -> Result<Self, Box<dyn Error>> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Self { status, headers, body, text })
    }

    /// Holds the status, and the code where it is a problem.
    #[track_caller]
    pub fn is(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.body["code"].as_str().unwrap_or("")), (status, code), "{}", self.text);
        if status >= 400 {
            assert_eq!(self.headers["content-type"], "application/problem+json");
            assert_eq!(self.body["status"], status);
        }
        self
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self
    }

    pub fn str(&self, pointer: &str) -> String {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// Rates that no test meets by chance.
pub fn generous() -> Config {
    let rate = Rate { burst: 10_000.0, per_second: 10_000.0 };
    Config { entry_rate: rate, caller_rate: rate, sign_up_rate: rate, signed_number_rate: rate, ..Config::default() }
}

/// Serves an engine on a port of its own, until what is returned beside its address is dropped.
pub async fn listen(engine: engine::Engine, config: Config) -> (String, oneshot::Sender<()>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(api::serve(listener, None, Api::new(engine, config), async move {
        let _ = stopped.await;
    }));
    (base, stop)
}

impl Server {
    pub async fn start(on: testkit::On) -> Self {
        Self::with(on, generous()).await
    }

    pub async fn with(on: testkit::On, config: Config) -> Self {
        let world = World::new(on).await;
        world.engine.start().await.unwrap();
        Self::serve(world, config).await
    }

    /// A server over a world, in which nothing runs by itself unless it was started.
    pub async fn serve(world: World, config: Config) -> Self {
        let (base, stop) = listen(world.engine.clone(), config).await;
        let client = reqwest::Client::builder().build().unwrap();
        Self { world, base, client, _stop: stop }
    }

    /// One request with some headers.
    pub async fn send(
        &self,
        who: &Who,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Response {
        self.send_to(&self.base, who, method, path, headers, body).await
    }

    /// As [`Server::send`], to another server of the same database.
    pub async fn send_to(
        &self,
        base: &str,
        who: &Who,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Response {
        let mut request = self.client.request(method.clone(), format!("{base}{path}"));
        match who {
            Who::Nobody => {}
            Who::Member { cookie, csrf } => {
                request = request.header(COOKIE, cookie);
                if method != Method::GET {
                    request = request.header("x-hark-csrf", csrf);
                }
            }
            Who::Key(key) => request = request.bearer_auth(key),
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        request.send().await.unwrap()
    }

    /// One request of any bytes, with a member's or key's proof.
    pub async fn raw(&self, who: &Who, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answered {
        let mut request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.base)).body(body);
        match who {
            Who::Nobody => {}
            Who::Member { cookie, csrf } => request = request.header(COOKIE, cookie).header("x-hark-csrf", csrf),
            Who::Key(key) => request = request.bearer_auth(key),
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answered::read(request.send().await.unwrap()).await.unwrap()
    }

    pub async fn ask(&self, who: &Who, method: &str, path: &str, body: Value) -> Answered {
        let body = Some(body).filter(|body| !body.is_null());
        let response = self.send(who, method.parse().unwrap(), path, &[], body).await;
        Answered::read(response).await.unwrap()
    }

    pub async fn get(&self, who: &Who, path: &str) -> Answered {
        self.ask(who, "GET", path, Value::Null).await
    }

    pub async fn post(&self, who: &Who, path: &str, body: Value) -> Answered {
        self.ask(who, "POST", path, body).await
    }

    /// A member, from the answer that signed them in.
    pub fn member(&self, answer: &Answered) -> Who {
        let cookie = answer.headers[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        Who::Member { cookie, csrf: answer.str("/csrf") }
    }

    /// Sets the server up; the owner `dana@example.com` is signed in.
    pub async fn set_up(&self) -> Who {
        let code = self.world.engine.setup_code().await.unwrap().unwrap();
        let answer = self.post(&Who::Nobody, "/api/v1/setup", set_up_body(&code)).await.ok();
        self.member(&answer)
    }

    /// A key of the owner's workspace.
    pub async fn key(&self, who: &Who, scopes: Value) -> Who {
        let made = self.post(who, "/api/v1/api-keys", json!({"name": "test", "scopes": scopes})).await.ok();
        Who::Key(made.str("/secret"))
    }

    /// The simulated inbox of the caller's workspace.
    pub async fn inbox(&self, who: &Who) -> String {
        self.get(who, "/api/v1/inboxes").await.ok().str("/items/0/id")
    }

    /// A text typed on a phone; returns its conversation.
    pub async fn typed(&self, who: &Who, from: &str, body: &str) -> String {
        let inbox = self.inbox(who).await;
        self.post(who, "/api/v1/simulator/texts", json!({"from": from, "inbox_id": inbox, "body": body})).await.ok();
        for _ in 0..400 {
            self.world.clock.advance(500);
            self.world.carry().await;
            let list = self.get(who, "/api/v1/conversations").await.ok();
            let found = list.body["items"].as_array().unwrap().iter().find(|row| row["customer"]["address"] == from);
            if let Some(row) = found
                && row["preview"] == body
            {
                return row["id"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the text of {from} never came in");
    }
}

pub fn set_up_body(code: &str) -> Value {
    json!({
        "code": code, "name": "Dana Reyes", "email": "Dana@Example.com", "password": "correct horse",
        "workspace_name": "Acme Outdoor", "brand": "Acme", "time_zone": "America/New_York",
    })
}
