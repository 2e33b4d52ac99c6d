//! One logged-in connection: what is read from it and what is written to it.
//!
//! Reading and writing go on beside each other, and neither waits for the other, so that two peers
//! with full buffers cannot stand still.

mod pending;

pub(crate) use pending::{Answer, Owner, PartName, Pending, Reply};

use crate::clock::now;
use crate::event::Settled;
use crate::intake::Intake;
use crate::pdu::{Framer, Pdu, command};
use crate::settings::Patience;
use crate::status;
use bytes::{Bytes, BytesMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// A connection, secret or not.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Units that wait to be written, at most.
pub(crate) const OUT_MAX: usize = 4_096;
/// Octets that are written at once, about.
const WRITE_AT_ONCE: usize = 64 * 1024;
/// Octets read at once, at least.
const READ_AT_ONCE: usize = 16 * 1024;

/// Something to be written.
#[derive(Debug)]
pub(crate) enum Out {
    /// An answer, or a word about the connection itself.
    Pdu(Pdu),
    /// A text.
    Order(Order),
}

/// A part to be written, if there is still time.
#[derive(Debug)]
pub(crate) struct Order {
    pub body: Bytes,
    pub until: Instant,
    pub name: PartName,
    pub reply: Reply,
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The peer closed it, or it broke.
    Closed,
    /// What came was out of step.
    OutOfStep,
    /// The peer gave no sign of life.
    Silent,
    /// The peer did not read.
    Stuck,
    /// The peer logged us out.
    LoggedOut,
    /// We logged out.
    Done,
}

/// What a connection works with.
pub(crate) struct Link<'a> {
    pub patience: &'a Patience,
    pub intake: &'a Intake,
    pub out: mpsc::Sender<Out>,
    pub closing: watch::Receiver<bool>,
    /// Told once when no more texts may be given to the connection.
    pub refuse_orders: &'a (dyn Fn() + Sync),
    pub pending: Mutex<Pending>,
    /// Told when a text was written, whose deadline the reader must keep.
    pub written: Notify,
}

/// What is going on beside texts.
struct Vigil {
    heard: Instant,
    /// When the sign of life that was asked for must have come.
    sign_by: Option<Instant>,
    /// The peer's wish to log us out, and until when answers are waited for.
    logout: Option<(u32, Instant)>,
    /// When the connection is given up, after a farewell.
    farewell_by: Option<Instant>,
    /// We asked to be logged out.
    leaving: bool,
}

impl Link<'_> {
    /// Works until the connection ends. What was written and not answered is ambiguous then.
    pub(crate) async fn run(self, wire: Box<dyn Wire>, framer: Framer, orders: mpsc::Receiver<Out>) -> End {
        let (read, write) = tokio::io::split(wire);
        let end = tokio::select! {
            end = self.read(read, framer) => end,
            end = self.write(write, orders) => end,
        };
        (self.refuse_orders)();
        end
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, mut wire: WriteHalf<Box<dyn Wire>>, mut orders: mpsc::Receiver<Out>) -> End {
        let mut bytes = BytesMut::new();
        while let Some(first) = orders.recv().await {
            bytes.clear();
            self.put(first, &mut bytes);
            while bytes.len() < WRITE_AT_ONCE
                && let Ok(next) = orders.try_recv()
            {
                self.put(next, &mut bytes);
            }
            if bytes.is_empty() {
                continue;
            }
            let written = async {
                wire.write_all(&bytes).await?;
                wire.flush().await
            };
            match timeout(self.patience.write, written).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return End::Closed,
                Err(_) => return End::Stuck,
            }
        }
        End::Closed
    }

    /// The look at the clock comes here, just before the octets leave.
    fn put(&self, out: Out, bytes: &mut BytesMut) {
        match out {
            Out::Pdu(pdu) => pdu.write(bytes),
            Out::Order(order) => {
                let now = now();
                if now > order.until {
                    order.reply.give(Answer::Late);
                    return;
                }
                let mut pending = self.pending();
                let sequence = pending.sequence();
                pending.insert(sequence, now + self.patience.answer, order.name, order.reply);
                Pdu::request(command::SUBMIT_SM, sequence, order.body).write(bytes);
                self.written.notify_one();
            }
        }
    }

    async fn read(&self, mut wire: ReadHalf<Box<dyn Wire>>, mut framer: Framer) -> End {
        let mut closing = self.closing.clone();
        let mut vigil = Vigil { heard: now(), sign_by: None, logout: None, farewell_by: None, leaving: false };
        loop {
            loop {
                match framer.take() {
                    Ok(Some(pdu)) => {
                        if let Some(end) = self.handle(pdu, &mut vigil) {
                            return end;
                        }
                    }
                    Ok(None) => break,
                    Err(_) => return End::OutOfStep,
                }
            }
            if let Some(end) = self.look(&mut vigil) {
                return end;
            }
            let due = self.due(&vigil);
            framer.buffer().reserve(READ_AT_ONCE);
            tokio::select! {
                read = wire.read_buf(framer.buffer()) => match read {
                    Ok(0) | Err(_) => return if vigil.farewell_by.is_some() { farewell(&vigil) } else { End::Closed },
                    Ok(_) => {
                        vigil.heard = now();
                        vigil.sign_by = None;
                    }
                },
                () = sleep_until(due) => {}
                () = self.written.notified() => {}
                _ = closing.wait_for(|closing| *closing), if !vigil.leaving => self.leave(&mut vigil),
            }
        }
    }

    fn leave(&self, vigil: &mut Vigil) {
        (self.refuse_orders)();
        vigil.leaving = true;
        vigil.farewell_by = Some(now() + self.patience.answer.min(self.patience.drain));
        let sequence = self.pending().sequence();
        self.tell(Pdu::request(command::UNBIND, sequence, Bytes::new()));
    }

    /// What time has brought about.
    fn look(&self, vigil: &mut Vigil) -> Option<End> {
        let now = now();
        self.pending().expire(now);
        if vigil.farewell_by.is_some_and(|by| by <= now) {
            return Some(farewell(vigil));
        }
        if vigil.sign_by.is_some_and(|by| by <= now) {
            return Some(End::Silent);
        }
        if let Some((sequence, by)) = vigil.logout
            && (by <= now || self.pending().is_empty())
        {
            vigil.logout = None;
            vigil.farewell_by = Some(now + self.patience.answer);
            self.tell(Pdu::answer(command::UNBIND, status::OK, sequence));
        }
        if vigil.sign_by.is_none() && vigil.heard + self.patience.silence <= now {
            vigil.sign_by = Some(now + self.patience.answer);
            let sequence = self.pending().sequence();
            self.tell(Pdu::request(command::ENQUIRE_LINK, sequence, Bytes::new()));
        }
        None
    }

    fn due(&self, vigil: &Vigil) -> Instant {
        let silence = vigil.sign_by.unwrap_or(vigil.heard + self.patience.silence);
        let others = [self.pending().next_due(), vigil.farewell_by, vigil.logout.map(|(_, by)| by)];
        others.into_iter().flatten().fold(silence, Instant::min)
    }

    /// Writes when it can; a peer that asks much and reads nothing is cut off by its full queue,
    /// since the writer is stuck then.
    fn tell(&self, pdu: Pdu) {
        let _ = self.out.try_send(Out::Pdu(pdu));
    }

    fn handle(&self, pdu: Pdu, vigil: &mut Vigil) -> Option<End> {
        match pdu.command {
            command::SUBMIT_SM_RESP => self.answered(&pdu),
            command::GENERIC_NACK => self.answered(&Pdu { status: pdu.status.max(1), ..pdu }),
            answer if answer & command::ANSWER != 0 => {
                if answer == command::UNBIND | command::ANSWER && vigil.leaving {
                    return Some(End::Done);
                }
            }
            command::DELIVER_SM | command::DATA_SM => self.intake.take(&pdu, &self.out),
            command::ENQUIRE_LINK => self.tell(Pdu::answer(pdu.command, status::OK, pdu.sequence)),
            command::UNBIND => {
                (self.refuse_orders)();
                vigil.logout = Some((pdu.sequence, now() + self.patience.answer));
            }
            command::OUTBIND | command::ALERT_NOTIFICATION => {}
            _ => self.tell(Pdu {
                command: command::GENERIC_NACK,
                status: status::INVALID_COMMAND,
                sequence: pdu.sequence,
                body: Bytes::new(),
            }),
        }
        None
    }

    fn answered(&self, pdu: &Pdu) {
        let outcome = if pdu.status == status::OK { Ok(pdu.message_id()) } else { Err(pdu.status) };
        let owner = self.pending().answered(pdu.sequence);
        match owner {
            Some(Owner::Waiting(reply)) => reply.give(match outcome {
                Ok(id) if id.is_empty() => Answer::Unknown("taken without an id"),
                Ok(id) => Answer::Taken(id),
                Err(code) => Answer::Refused(code),
            }),
            Some(Owner::Late(PartName { reference, part, parts })) => {
                self.intake.settled(Settled { reference, part, parts, outcome });
            }
            None => tracing::debug!(status = pdu.status, "an answer to nothing that waits"),
        }
    }
}

const fn farewell(vigil: &Vigil) -> End {
    if vigil.leaving { End::Done } else { End::LoggedOut }
}
