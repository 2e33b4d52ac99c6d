//! Members put conversations in order: assign, close, open again.

use super::Sim;
use domain::id::ConversationId;
use domain::limits::REOPEN_MS;
use engine::conversation::Change;
use engine::reply::Author;
use store::conversation::View;

impl Sim {
    pub(super) async fn member_sorts(&mut self) -> Result<(), String> {
        let all = match self.engine.conversation_page(self.ws, None, View::All, None, 20).await {
            Ok(page) => page.rows,
            Err(_) if self.dead() => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let Some(row) = self.random.pick(&all).cloned() else { return Ok(()) };
        let change = match self.random.below(4) {
            0 => Change::Close,
            1 => Change::Reopen,
            2 => Change::Snooze(engine::Clock::now(&*self.clock) + 60_000),
            _ => Change::Unread,
        };
        self.sort(row.id, change).await.map(drop)
    }

    /// Whether it was done.
    pub(super) async fn sort(&mut self, id: ConversationId, change: Change) -> Result<bool, String> {
        match self.engine.conversation_change(self.ws, id, Author::SYSTEM, change).await {
            Ok(row) => {
                self.note(&format!("sort {change:?} {}", row.status.word()));
                return Ok(true);
            }
            // A newer conversation of the customer is open: theirs stays closed.
            Err(engine::conversation::ConversationError::NewerOpen) => self.note("sort newer"),
            Err(_) if self.dead() => {}
            Err(error) => return Err(error.to_string()),
        }
        Ok(false)
    }

    /// A customer's talk is closed, they begin another a week later, that is closed too, and
    /// the older one is opened again: the one that is open is not the one touched last.
    pub(super) async fn old_matter_returns(&mut self) -> Result<(), String> {
        let all = match self.engine.conversation_page(self.ws, None, View::All, None, 20).await {
            Ok(page) => page.rows,
            Err(_) if self.dead() => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let Some(older) = self.random.pick(&all).cloned() else { return Ok(()) };
        if !self.sort(older.id, Change::Close).await? {
            return Ok(());
        }
        self.clock.advance(REOPEN_MS + 1);
        self.customer_writes_from(older.address.clone()).await?;
        let open = match self.engine.conversation_page(self.ws, None, View::Open, None, 20).await {
            Ok(page) => page.rows,
            Err(_) if self.dead() => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        if let Some(newer) = open.iter().find(|row| row.customer_id == older.customer_id && row.id != older.id)
            && self.sort(newer.id, Change::Close).await?
            && self.sort(older.id, Change::Reopen).await?
        {
            self.report.older_opened += 1;
        }
        self.customer_writes_from(older.address).await
    }
}
