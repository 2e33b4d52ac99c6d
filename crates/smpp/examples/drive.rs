//! Drives an account by a list of texts, and tells on the last line what became of everything.
//!
//! A list comes in as JSON on standard input, an account of all that happened goes out. What was
//! certainly refused for a passing reason is offered again; what is ambiguous never is.

use serde_json::{Value, json};
use smpp::{BindKind, Client, Event, Gsm, IdForm, Inbox, Long, Settings, Submitted, Text, Tls};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, sleep};

use domain::address::Address;
use domain::outcome::{Retry, Submission};

type Failure = Box<dyn std::error::Error>;

#[derive(Default)]
struct Account {
    taken: BTreeMap<u128, Vec<String>>,
    ambiguous: BTreeMap<u128, String>,
    refused: BTreeMap<u128, String>,
    again: u64,
    ids: usize,
    receipts: Vec<Value>,
    texts: Vec<Value>,
    settled: Vec<Value>,
    heard: Option<Instant>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut wish = String::new();
    std::io::stdin().read_to_string(&mut wish)?;
    let wish: Value = serde_json::from_str(&wish)?;
    let (client, inbox) = Client::start(settings(&wish)?, wish["seed"].as_u64().unwrap_or(1))?;
    let client = Arc::new(client);
    let account = Arc::new(Mutex::new(Account::default()));
    let listener = tokio::spawn(listen(inbox, Arc::clone(&account)));

    let at_once = Arc::new(Semaphore::new(wish["at_once"].as_u64().unwrap_or(64) as usize));
    let mut work = tokio::task::JoinSet::new();
    for (number, body) in (0_u128..).zip(wish["texts"].as_array().into_iter().flatten()) {
        let text = Text {
            from: Address::parse("24365"),
            to: Address::parse(&format!("+1555{:07}", number % 10_000_000)),
            body: body.as_str().unwrap_or_default().to_owned(),
            valid_until: None,
        };
        let permit = Arc::clone(&at_once).acquire_owned().await?;
        let (client, account) = (Arc::clone(&client), Arc::clone(&account));
        work.spawn(async move {
            submit(&client, &account, number, &text).await;
            drop(permit);
        });
    }
    while work.join_next().await.is_some() {}
    settle(&account, &wish).await;
    let states = format!("{:?}", *client.states().borrow());
    client.close().await;
    listener.await?;
    let account = account.lock().await;
    println!("{}", told(&account, &states));
    Ok(())
}

async fn submit(client: &Client, account: &Mutex<Account>, number: u128, text: &Text) {
    for _ in 0..200 {
        let until = now() + Duration::from_millis(2_000);
        let Submitted { outcome, ids } = client.submit(number, text, until).await;
        let mut account = account.lock().await;
        account.heard = Some(now());
        account.ids += ids.len();
        let wait = match outcome {
            Submission::Taken { .. } => {
                account.taken.insert(number, ids);
                return;
            }
            Submission::Unknown { detail } => {
                account.ambiguous.insert(number, detail);
                return;
            }
            Submission::NotTaken { class, code, retry_after_ms } => match class.retry() {
                Retry::BackOff | Retry::Few => retry_after_ms.unwrap_or(20).clamp(1, 1_000),
                Retry::Never | Retry::NextCarrierDay | Retry::Once => {
                    account.refused.insert(number, code);
                    return;
                }
            },
            Submission::HandedBack => 1,
        };
        account.again += 1;
        drop(account);
        sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(1))).await;
    }
    account.lock().await.refused.insert(number, "tried too often".to_owned());
}

async fn listen(mut inbox: Inbox, account: Arc<Mutex<Account>>) {
    while let Some(event) = inbox.next().await {
        let mut account = account.lock().await;
        account.heard = Some(now());
        match event {
            Event::Text(text, ack) => {
                let (from, missing) = (text.from.as_str().to_owned(), text.missing.clone());
                account.texts.push(json!({ "from": from, "body": text.body, "missing": missing }));
                ack.stored();
            }
            Event::Receipt(receipt, ack) => {
                let state = receipt.state.map(|state| state.word());
                account.receipts.push(json!({
                    "id": receipt.id, "candidates": receipt.candidates, "word": receipt.word, "state": state,
                    "error": receipt.error_code, "at": receipt.at,
                }));
                ack.stored();
            }
            Event::Settled(settled) => {
                account.settled.push(json!({ "number": settled.reference as u64, "taken": settled.outcome.is_ok() }));
            }
        }
    }
}

/// Waits for what is expected, and `linger_ms` at least; a silence of `idle_ms` ends the waiting.
async fn settle(account: &Mutex<Account>, wish: &Value) {
    sleep(Duration::from_millis(wish["linger_ms"].as_u64().unwrap_or(0))).await;
    let texts = wish["expect_texts"].as_u64().unwrap_or(0) as usize;
    let idle = Duration::from_millis(wish["idle_ms"].as_u64().unwrap_or(3_000));
    account.lock().await.heard = Some(now());
    loop {
        {
            let account = account.lock().await;
            let all = account.texts.len() >= texts && account.receipts.len() >= account.ids;
            if all || account.heard.is_none_or(|heard| heard.elapsed() > idle) {
                return;
            }
        }
        sleep(Duration::from_millis(20)).await;
    }
}

fn told(account: &Account, states: &str) -> Value {
    let pairs =
        |map: &BTreeMap<u128, String>| map.iter().map(|(number, why)| json!([*number as u64, why])).collect::<Vec<_>>();
    let taken: Vec<_> = account.taken.iter().map(|(number, ids)| json!([*number as u64, ids])).collect();
    json!({
        "taken": taken, "ambiguous": pairs(&account.ambiguous), "refused": pairs(&account.refused),
        "again": account.again, "receipts": account.receipts, "texts": account.texts,
        "settled": account.settled, "states": states,
    })
}

fn settings(wish: &Value) -> Result<Settings, Failure> {
    let word = |name: &str, usual: &str| wish[name].as_str().unwrap_or(usual).to_owned();
    let port = u16::try_from(wish["port"].as_u64().unwrap_or(2775))?;
    let mut settings = Settings::new(word("host", "127.0.0.1"), port, "hark", word("password", "secret"));
    if let Some(authority) = wish["authority"].as_str() {
        settings.tls = Some(Tls::new("localhost", Some(authority.as_bytes()))?);
    }
    if let Some(binds) = wish["binds"].as_array() {
        settings.binds = binds
            .iter()
            .map(|kind| match kind.as_str() {
                Some("transmitter") => BindKind::Transmitter,
                Some("receiver") => BindKind::Receiver,
                _ => BindKind::Transceiver,
            })
            .collect();
    }
    settings.long = match wish["long"].as_str() {
        Some("sar") => Long::Sar,
        Some("payload") => Long::Payload,
        _ => Long::Header,
    };
    settings.gsm = if wish["packed"].as_bool() == Some(true) { Gsm::Packed } else { Gsm::Unpacked };
    settings.id_form = match wish["id_form"].as_str() {
        Some("hex_then_decimal") => IdForm::HexThenDecimal,
        Some("decimal_then_hex") => IdForm::DecimalThenHex,
        Some("same") => IdForm::Same,
        _ => IdForm::Unsure,
    };
    settings.bounds.window = u32::try_from(wish["window"].as_u64().unwrap_or(10))?;
    let ms = |name: &str, usual: u64| Duration::from_millis(wish[name].as_u64().unwrap_or(usual));
    settings.patience.answer = ms("answer_ms", 10_000);
    settings.patience.silence = ms("silence_ms", 30_000);
    settings.patience.hold = ms("hold_ms", 1_000);
    settings.patience.throttle = (ms("throttle_ms", 1_000), ms("throttle_most_ms", 60_000));
    settings.patience.reconnect = (ms("reconnect_ms", 100), ms("reconnect_most_ms", 2_000));
    Ok(settings)
}

#[expect(clippy::disallowed_methods, reason = "a driver of its own has nobody to ask")]
fn now() -> Instant {
    Instant::now()
}
