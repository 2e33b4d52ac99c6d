//! A centre that does what a test says, on a socket of this machine.

use bytes::{Bytes, BytesMut};
use smpp::pdu::{Framer, Pdu, ShortMessage, command};
use smpp::{BindState, Client, Event, Inbox, Patience, Settings, Submitted, Text};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

use domain::address::Address;

/// What never takes so long unless something is wrong.
pub const PATIENCE: Duration = Duration::from_secs(20);
pub const OK: u32 = 0;

pub struct Centre {
    listener: TcpListener,
}

impl Centre {
    pub async fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    /// An account here, with times that suit a test: what is waited for in one is short.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::new("127.0.0.1", self.listener.local_addr().unwrap().port(), "hark", "secret");
        settings.patience = Patience {
            reconnect: (Duration::from_millis(2), Duration::from_millis(20)),
            drain: Duration::from_secs(5),
            ..Patience::default()
        };
        settings
    }

    pub async fn connected(&self) -> Peer {
        let (stream, _) = timeout(PATIENCE, self.listener.accept()).await.unwrap().unwrap();
        Peer { stream, framer: Framer::default() }
    }

    /// A connection that asked to be logged in, and is.
    pub async fn logged_in(&self) -> Peer {
        let mut peer = self.connected().await;
        let bind = peer.next().await;
        peer.answer(&bind, OK, "centre").await;
        peer
    }

    pub async fn start(&self, settings: Settings) -> (Client, Inbox, Peer) {
        let (client, inbox) = Client::start(settings, 1).unwrap();
        let peer = self.logged_in().await;
        (client, inbox, peer)
    }
}

pub struct Peer {
    pub stream: TcpStream,
    framer: Framer,
}

impl Peer {
    /// The next unit; `None` where the connection ends.
    pub async fn next_or_end(&mut self) -> Option<Pdu> {
        loop {
            if let Some(pdu) = self.framer.take().unwrap() {
                return Some(pdu);
            }
            let read = timeout(PATIENCE, self.stream.read_buf(self.framer.buffer())).await.unwrap();
            if read.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    pub async fn next(&mut self) -> Pdu {
        self.next_or_end().await.unwrap()
    }

    pub async fn next_text(&mut self) -> (Pdu, ShortMessage) {
        let pdu = self.next().await;
        assert_eq!(pdu.command, command::SUBMIT_SM);
        let unit = ShortMessage::read(pdu.command, &pdu.body).unwrap();
        (pdu, unit)
    }

    pub async fn send(&mut self, pdu: Pdu) {
        let mut bytes = BytesMut::new();
        pdu.write(&mut bytes);
        self.stream.write_all(&bytes).await.unwrap();
    }

    pub async fn answer(&mut self, to: &Pdu, status: u32, id: &str) {
        let body = if id.is_empty() { Bytes::new() } else { Bytes::from([id.as_bytes(), &[0]].concat()) };
        self.send(Pdu { body, ..Pdu::answer(to.command, status, to.sequence) }).await;
    }

    pub async fn deliver(&mut self, sequence: u32, unit: &ShortMessage) {
        self.send(Pdu::request(command::DELIVER_SM, sequence, unit.body())).await;
    }

    /// Nothing comes: whatever was to come first has come before the answer to a question.
    pub async fn assert_silent(&mut self) {
        self.send(Pdu::request(command::ENQUIRE_LINK, 0x00AA_AAAA, Bytes::new())).await;
        let next = self.next().await;
        assert_eq!((next.command, next.sequence), (command::ENQUIRE_LINK | command::ANSWER, 0x00AA_AAAA));
    }
}

pub fn text(body: &str) -> Text {
    Text { from: Address::parse("24365"), to: Address::parse("+15550001111"), body: body.to_owned(), valid_until: None }
}

#[expect(clippy::disallowed_methods, reason = "a deadline on a real clock")]
pub fn soon() -> Instant {
    Instant::now() + PATIENCE
}

pub async fn submit(client: &Client, reference: u128, body: &str) -> Submitted {
    client.submit(reference, &text(body), soon()).await
}

pub async fn next(inbox: &mut Inbox) -> Event {
    timeout(PATIENCE, inbox.next()).await.unwrap().unwrap()
}

/// Waits until the first connection stands where it should.
pub async fn until_state(client: &Client, wanted: impl Fn(&BindState) -> bool) {
    let mut states = client.states();
    timeout(PATIENCE, states.wait_for(|states| wanted(&states[0]))).await.unwrap().unwrap();
}
