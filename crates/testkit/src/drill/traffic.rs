//! Customers who text and a program that sends, both deaf to bad news: each
//! request is repeated until it is answered, as Twilio and good programs do.

use super::client::{Program, Text, ask};
use super::shop::Line;
use super::{Fault, pause, unix_ms};
use crate::sim::random::Random;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// A text to send by API.
#[derive(Debug, Clone)]
pub struct Send {
    /// The message's id, made by us.
    pub id: String,
    /// The recipient.
    pub to: String,
    /// The inbox.
    pub inbox: String,
    /// The words, like no other's.
    pub body: String,
}

/// All that is to be said.
#[derive(Debug, Clone)]
pub struct Script {
    /// Customers' texts: those of one customer come one after another.
    pub inbound: Vec<(Line, Vec<Text>)>,
    /// Our texts.
    pub sends: Vec<Send>,
}

/// The domestic numbers of a drill, by group and number.
#[must_use]
pub fn phone(group: u32, number: usize) -> String {
    format!("+1{group}{:07}", 2_000_000 + number)
}

/// A message id that follows from a source of choices: a UUIDv7 of now.
pub fn message_id(random: &mut Random) -> String {
    let mut bytes = [0_u8; 10];
    for (to, from) in bytes.iter_mut().zip(random.next().to_le_bytes().into_iter().chain(random.next().to_le_bytes())) {
        *to = from;
    }
    let now = u64::try_from(unix_ms()).unwrap_or(0);
    format!("msg_{}", uuid::Builder::from_unix_timestamp_millis(now, &bytes).into_uuid().simple())
}

/// Words that mean nothing to a machine and differ from all others of the drill.
fn words(random: &mut Random, number: usize) -> String {
    const ASKED: &[&str] = &[
        "Where is my parcel",
        "Does this jacket come in blue",
        "The zip broke on day one",
        "Can I still change the address",
        "¿Cuándo llega mi pedido?",
        "Love the boots 😍 one size up please",
    ];
    let asked = random.pick(ASKED).copied().unwrap_or("Hi");
    format!("{asked} ({number}-{:08x})", random.next() & 0xffff_ffff)
}

impl Script {
    /// `items` texts each way over some lines.
    #[must_use]
    pub fn new(seed: u64, items: usize, lines: &[Line]) -> Self {
        let mut random = Random::new(seed ^ 0x7478_7473);
        let people = (items / 15).clamp(4, 200);
        let mut inbound: Vec<(Line, Vec<Text>)> =
            lines.iter().cycle().take(people).map(|line| (line.clone(), Vec::new())).collect();
        for number in 0..items {
            let at = number % people;
            if let Some((line, texts)) = inbound.get_mut(at) {
                texts.push(Text {
                    sid: format!("SM{:016x}{:016x}", random.next(), number),
                    from: phone(312, at),
                    to: line.number.clone(),
                    body: words(&mut random, number),
                });
            }
        }
        let sends = lines.iter().cycle().take(items).enumerate().map(|(number, line)| Send {
            id: message_id(&mut random),
            to: phone(646, number % people),
            inbox: line.inbox.clone(),
            body: words(&mut random, items + number),
        });
        Self { inbound, sends: sends.collect() }
    }
}

/// What was answered.
#[derive(Debug, Default)]
pub struct Answered {
    /// Customers' texts by customer, in the order of their answers.
    pub inbound: BTreeMap<String, Vec<String>>,
    /// Ids of our texts.
    pub sends: Vec<String>,
    /// Answers that should not be.
    pub wrong: Vec<String>,
}

/// Running traffic. It goes on as far as it is let.
pub struct Traffic {
    /// How many requests were answered well.
    pub answers: Arc<AtomicU64>,
    tickets: Arc<Semaphore>,
    answered: Arc<Mutex<Answered>>,
    tries: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

/// Requests under way at once, each way.
const AT_ONCE: usize = 24;
/// Requests out of a hundred that are repeated after their answer.
const REPEATED_PCT: u64 = 10;

impl Traffic {
    /// Starts it; nothing is said before [`Traffic::allow`].
    #[must_use]
    pub fn start(seed: u64, script: Script, program: &Program) -> Self {
        let mut traffic = Self {
            answers: Arc::default(),
            tickets: Arc::new(Semaphore::new(0)),
            answered: Arc::default(),
            tries: Arc::default(),
            tasks: JoinSet::new(),
        };
        let seats = Arc::new(Semaphore::new(AT_ONCE));
        for (at, (line, texts)) in script.inbound.into_iter().enumerate() {
            let speaker = traffic.speaker(program, seed.wrapping_add(at as u64), &seats);
            traffic.tasks.spawn(async move {
                for text in texts {
                    speaker.hear(&line, text).await;
                }
            });
        }
        let seats = Arc::new(Semaphore::new(AT_ONCE));
        let queue = Arc::new(Mutex::new(script.sends.into_iter()));
        for at in 0..AT_ONCE {
            let speaker = traffic.speaker(program, seed.wrapping_add(1_000_000 + at as u64), &seats);
            let queue = Arc::clone(&queue);
            traffic.tasks.spawn(async move {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(send) = next else { return };
                    speaker.say(send).await;
                }
            });
        }
        traffic
    }

    fn speaker(&self, program: &Program, seed: u64, seats: &Arc<Semaphore>) -> Speaker {
        Speaker {
            program: program.clone(),
            random: Mutex::new(Random::new(seed)),
            seats: Arc::clone(seats),
            tickets: Arc::clone(&self.tickets),
            answered: Arc::clone(&self.answered),
            answers: Arc::clone(&self.answers),
            tries: Arc::clone(&self.tries),
        }
    }

    /// Lets some more requests begin.
    pub fn allow(&self, more: usize) {
        self.tickets.add_permits(more);
    }

    /// Waits until everything was answered. Returns what was, and how many tries it took.
    ///
    /// # Errors
    /// It takes too long.
    pub async fn finish(mut self, seconds: u64) -> Result<(Answered, u64), Fault> {
        let all = async { while self.tasks.join_next().await.is_some() {} };
        tokio::time::timeout(std::time::Duration::from_secs(seconds), all)
            .await
            .map_err(|_| format!("not everything was answered within {seconds} s"))?;
        let answered = std::mem::take(&mut *self.answered.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((answered, self.tries.load(Ordering::Relaxed)))
    }
}

/// One that repeats itself until it is answered.
struct Speaker {
    program: Program,
    random: Mutex<Random>,
    seats: Arc<Semaphore>,
    tickets: Arc<Semaphore>,
    answered: Arc<Mutex<Answered>>,
    answers: Arc<AtomicU64>,
    tries: Arc<AtomicU64>,
}

impl Speaker {
    async fn hear(&self, line: &Line, text: Text) {
        let request = || line.webhook(&self.program, &text);
        if self.insist(&text.sid, request, |_| true).await {
            self.note(|answered| answered.inbound.entry(text.from.clone()).or_default().push(text.body.clone()));
        }
    }

    async fn say(&self, send: Send) {
        let body = json!({
            "message_id": send.id, "inbox_id": send.inbox, "to": send.to, "body": send.body,
            // A code may leave at any hour, so the drill may run at any hour.
            "purpose": "otp",
        });
        let request = || {
            let request = self.program.request(reqwest::Method::POST, "/messages");
            request.header("Idempotency-Key", &send.id).json(&body)
        };
        let is_ours = |answer: &Value| {
            let message = answer.get("message");
            let field = |name: &str| message.and_then(|message| message.get(name)).and_then(Value::as_str);
            field("id") == Some(&send.id) && field("state") != Some("refused")
        };
        if self.insist(&send.id, request, is_ours).await {
            self.note(|answered| answered.sends.push(send.id.clone()));
        }
    }

    /// Repeats a request until it is answered well; now and then once more after that.
    async fn insist(
        &self,
        name: &str,
        request: impl Fn() -> reqwest::RequestBuilder,
        fits: impl Fn(&Value) -> bool,
    ) -> bool {
        let Ok(ticket) = self.tickets.acquire().await else { return false };
        ticket.forget();
        let Ok(_seat) = self.seats.acquire().await else { return false };
        let again = self.random.lock().unwrap_or_else(PoisonError::into_inner).below(100) < REPEATED_PCT;
        for _ in 0..=usize::from(again) {
            loop {
                self.tries.fetch_add(1, Ordering::Relaxed);
                let Ok(answer) = ask(request()).await else {
                    pause(15).await;
                    continue;
                };
                if answer.status.is_success() && fits(&answer.body) {
                    break;
                }
                if !answer.again() {
                    self.note(|all| all.wrong.push(format!("{name}: {} {}", answer.status, answer.body)));
                    return false;
                }
                // As long as it asks to, but no drill waits for seconds.
                pause(answer.retry_after_s.map_or(100, |seconds| seconds * 1_000).min(100)).await;
            }
        }
        self.answers.fetch_add(1, Ordering::Relaxed);
        true
    }

    fn note(&self, write: impl FnOnce(&mut Answered)) {
        write(&mut self.answered.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_says_each_thing_once_in_turn() {
        let line =
            |number: &str| Line { inbox: format!("inb_{number}"), number: number.to_owned(), inbound: String::new() };
        let script = Script::new(7, 90, &[line("1"), line("2")]);
        let said: Vec<&str> = script
            .inbound
            .iter()
            .flat_map(|(_, texts)| texts)
            .map(|text| text.body.as_str())
            .chain(script.sends.iter().map(|send| send.body.as_str()))
            .collect();
        let mut once = said.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!((said.len(), once.len()), (180, 180));
        let from_second = script.sends.iter().filter(|send| send.inbox == "inb_2").count();
        assert_eq!(from_second, 45);
    }
}
