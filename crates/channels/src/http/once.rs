//! A request body that looks at the clock before it lets go of the first byte.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

/// What became of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// No connection ever asked for it: nothing was written.
    Untouched,
    /// A connection asked for it too late, and did not get it.
    Late,
    /// A connection got it: some of it may have been written.
    Released,
}

/// Tells afterwards what became of a body.
#[derive(Debug, Clone)]
pub(super) struct Witness(Arc<AtomicU8>);

impl Witness {
    pub(super) fn fate(&self) -> Fate {
        match self.0.load(Ordering::Acquire) {
            0 => Fate::Untouched,
            1 => Fate::Late,
            _ => Fate::Released,
        }
    }
}

/// Gives its bytes once, and only until an instant.
///
/// Connecting takes time, so a check before the request is made would be too
/// early. The connection asks for the body when it is about to write; without
/// the body the provider has half a request, and can carry nothing out.
pub(super) struct OnceBody {
    bytes: Option<Bytes>,
    until: Option<Instant>,
    fate: Arc<AtomicU8>,
}

/// The body was asked for too late.
#[derive(Debug, thiserror::Error)]
#[error("the time to hand over has passed")]
struct TooLate;

impl OnceBody {
    pub(super) fn new(bytes: Bytes, until: Option<Instant>) -> (Self, Witness) {
        let fate = Arc::new(AtomicU8::new(0));
        (Self { bytes: Some(bytes), until, fate: Arc::clone(&fate) }, Witness(fate))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the caller's deadline must be looked at where hyper is about to write, and hyper hands no clock through"
)]
impl Body for OnceBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        if self.until.is_some_and(|until| Instant::now() > until) {
            self.fate.store(1, Ordering::Release);
            return Poll::Ready(Some(Err(Box::new(TooLate))));
        }
        self.fate.store(2, Ordering::Release);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
