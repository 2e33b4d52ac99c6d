//! Transactions as closures see them.

use std::sync::atomic::AtomicU64;

use domain::id::WorkspaceId;
use uuid::Uuid;

use super::chain::NewSeal;
use super::conn::{Conn, Engine, NewEvent};
use super::error::DbError;
use super::fault::Faults;
use super::sql::{InsertMany, Scope, Sql};
use super::stats::Counters;
use super::update_many::UpdateMany;
use super::value::{Row, Val};

/// One closure's part of a transaction.
pub(crate) struct Step<'a> {
    conn: &'a mut dyn Conn,
    faults: &'a Faults,
    counters: &'a Counters,
    done: Done,
}

/// What a closure did.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Its events, by workspace.
    pub(crate) events: Vec<(Uuid, NewEvent)>,
    /// The rows it seals, by workspace.
    pub(crate) seals: Vec<(Uuid, NewSeal)>,
    /// The first statement that failed. Nothing runs after it: PostgreSQL
    /// would refuse, and both engines shall behave alike.
    pub(crate) failed: Option<DbError>,
    /// Whether anything was or may have been written.
    pub(crate) wrote: bool,
}

impl<'a> Step<'a> {
    pub(crate) fn new(conn: &'a mut dyn Conn, faults: &'a Faults, counters: &'a Counters) -> Self {
        Self { conn, faults, counters, done: Done::default() }
    }

    pub(crate) fn end(self) -> Done {
        self.done
    }

    fn note<T>(&mut self, result: Result<T, DbError>) -> Result<T, DbError> {
        if let Err(error) = &result {
            self.done.failed.get_or_insert_with(|| error.clone());
        }
        result
    }

    /// What precedes every statement.
    fn start(&mut self) -> Result<(), DbError> {
        if let Some(failed) = &self.done.failed {
            return Err(failed.clone());
        }
        Counters::add(&self.counters.statements, 1);
        let point = self.faults.point();
        self.note(point)
    }

    fn count(&self, counter: &AtomicU64, n: usize) {
        Counters::add(counter, u64::try_from(n).unwrap_or(u64::MAX));
    }

    fn exec(&mut self, sql: &'static Sql, args: &[&Val]) -> Result<u64, DbError> {
        self.start()?;
        self.done.wrote = true;
        let result = self.conn.exec(sql, args);
        let rows = self.note(result)?;
        Counters::add(&self.counters.rows, rows);
        Ok(rows)
    }

    fn query(&mut self, sql: &'static Sql, args: &[&Val]) -> Result<Vec<Row>, DbError> {
        self.start()?;
        self.done.wrote |= !sql.only_reads();
        let result = self.conn.query(sql, args);
        let rows = self.note(result)?;
        self.count(&self.counters.rows, rows.len());
        Ok(rows)
    }

    fn later(&mut self, sql: &'static Sql, args: Vec<Val>) -> Result<(), DbError> {
        self.start()?;
        self.done.wrote = true;
        let result = self.conn.later(sql, args);
        self.note(result)
    }

    fn insert_many(&mut self, many: &'static InsertMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<u64, DbError> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.start()?;
        self.done.wrote = true;
        let result = self.conn.insert_many(many, ws, rows);
        let rows = self.note(result)?;
        Counters::add(&self.counters.rows, rows);
        Ok(rows)
    }

    fn insert_many_later(&mut self, many: &'static InsertMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<(), DbError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.start()?;
        self.done.wrote = true;
        self.count(&self.counters.rows, rows.len());
        let result = self.conn.insert_many_later(many, ws, rows);
        self.note(result)
    }

    fn update_many(&mut self, many: &'static UpdateMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<Vec<Row>, DbError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.start()?;
        self.done.wrote = true;
        let result = self.conn.update_many(many, ws, rows);
        let rows = self.note(result)?;
        self.count(&self.counters.rows, rows.len());
        Ok(rows)
    }

    fn update_many_later(&mut self, many: &'static UpdateMany, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<(), DbError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.start()?;
        self.done.wrote = true;
        self.count(&self.counters.rows, rows.len());
        let result = self.conn.update_many_later(many, ws, rows);
        self.note(result)
    }

    fn wait_briefly(&mut self) -> Result<(), DbError> {
        self.start()?;
        let result = self.conn.wait_briefly();
        self.note(result)
    }

    fn check_scope(&mut self, sql: &'static Sql, wanted: Scope) -> Result<(), DbError> {
        if sql.scope == wanted {
            return Ok(());
        }
        tracing::error!(statement = sql.name, "statement of the wrong scope refused");
        self.note(Err(DbError::Scope { statement: sql.name.to_owned() }))
    }
}

fn one(sql: &'static Sql, mut rows: Vec<Row>) -> Result<Option<Row>, DbError> {
    if rows.len() > 1 {
        return Err(DbError::Statement {
            statement: sql.name.to_owned(),
            message: format!("found {} rows where at most one is expected", rows.len()),
        });
    }
    Ok(rows.pop())
}

/// A transaction in one workspace.
///
/// After a statement failed, all further ones fail with the same error, and
/// the closure's part is rolled back whatever the closure returns.
pub struct Tx<'a> {
    pub(crate) step: Step<'a>,
    pub(crate) ws: WorkspaceId,
}

impl Tx<'_> {
    /// The workspace.
    #[must_use]
    pub fn ws(&self) -> WorkspaceId {
        self.ws
    }

    /// The engine, for the few places where texts differ too much for tokens.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.step.conn.engine()
    }

    /// Lets what follows in this transaction wait half a second at most for a row that
    /// another transaction has, and fail with [`DbError::Blocked`] then.
    ///
    /// For work that is tried again in parts after it was blocked as a whole.
    pub fn wait_briefly(&mut self) -> Result<(), DbError> {
        self.step.wait_briefly()
    }

    fn with_ws<T>(
        &mut self,
        sql: &'static Sql,
        args: &[Val],
        run: impl FnOnce(&mut Step<'_>, &[&Val]) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.step.check_scope(sql, Scope::Tenant)?;
        let ws = Val::Uuid(self.ws.uuid());
        let mut all = Vec::with_capacity(args.len() + 1);
        all.push(&ws);
        all.extend(args);
        run(&mut self.step, &all)
    }

    /// Runs a statement; answers how many rows it changed.
    pub fn exec(&mut self, sql: &'static Sql, args: &[Val]) -> Result<u64, DbError> {
        self.with_ws(sql, args, |step, args| step.exec(sql, args))
    }

    /// All rows of an answer.
    pub fn query(&mut self, sql: &'static Sql, args: &[Val]) -> Result<Vec<Row>, DbError> {
        self.with_ws(sql, args, |step, args| step.query(sql, args))
    }

    /// The only row of an answer, if there is one.
    pub fn query_opt(&mut self, sql: &'static Sql, args: &[Val]) -> Result<Option<Row>, DbError> {
        one(sql, self.query(sql, args)?)
    }

    /// The only row of an answer that must have one.
    pub fn query_one(&mut self, sql: &'static Sql, args: &[Val]) -> Result<Row, DbError> {
        self.query_opt(sql, args)?.ok_or(DbError::NoRow { statement: sql.name })
    }

    /// A write whose answer nobody needs. PostgreSQL does not wait for it: a
    /// failure then surfaces at the next awaited statement or at the commit.
    pub fn later(&mut self, sql: &'static Sql, args: &[Val]) -> Result<(), DbError> {
        self.step.check_scope(sql, Scope::Tenant)?;
        let mut all = Vec::with_capacity(args.len() + 1);
        all.push(Val::Uuid(self.ws.uuid()));
        all.extend_from_slice(args);
        self.step.later(sql, all)
    }

    /// The same write for many rows, none waited for.
    pub fn exec_many(&mut self, sql: &'static Sql, rows: &[Vec<Val>]) -> Result<(), DbError> {
        rows.iter().try_for_each(|row| self.later(sql, row))
    }

    /// Inserts many rows; answers how many were inserted.
    pub fn insert_many(&mut self, many: &'static InsertMany, rows: Vec<Vec<Val>>) -> Result<u64, DbError> {
        self.step.insert_many(many, self.ws.uuid(), rows)
    }

    /// Inserts many rows without waiting for it, as [`Tx::later`] does not.
    pub fn insert_many_later(&mut self, many: &'static InsertMany, rows: Vec<Vec<Val>>) -> Result<(), DbError> {
        self.step.insert_many_later(many, self.ws.uuid(), rows)
    }

    /// Changes many rows, each by its own values; answers what is returned of
    /// those that were there, in no order.
    pub fn update_many(&mut self, many: &'static UpdateMany, rows: Vec<Vec<Val>>) -> Result<Vec<Row>, DbError> {
        self.step.update_many(many, self.ws.uuid(), rows)
    }

    /// Changes many rows without waiting for it, as [`Tx::later`] does not.
    pub fn update_many_later(&mut self, many: &'static UpdateMany, rows: Vec<Vec<Val>>) -> Result<(), DbError> {
        self.step.update_many_later(many, self.ws.uuid(), rows)
    }

    /// Adds an event; it is written with the commit and told after it.
    pub fn event(&mut self, event: NewEvent) {
        self.step.done.wrote = true;
        self.step.done.events.push((self.ws.uuid(), event));
    }

    /// Seals a row into the workspace's chain, with the commit.
    pub fn seal(&mut self, seal: NewSeal) {
        self.step.done.wrote = true;
        self.step.done.seals.push((self.ws.uuid(), seal));
    }
}

/// A transaction across workspaces.
///
/// The rule of [`Tx`] about failed statements holds here too.
pub struct ServerTx<'a> {
    pub(crate) step: Step<'a>,
}

impl ServerTx<'_> {
    /// The engine, for the few places where texts differ too much for tokens.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.step.conn.engine()
    }

    /// Runs a statement; answers how many rows it changed.
    pub fn exec(&mut self, sql: &'static Sql, args: &[Val]) -> Result<u64, DbError> {
        self.step.check_scope(sql, Scope::Server)?;
        self.step.exec(sql, &args.iter().collect::<Vec<_>>())
    }

    /// All rows of an answer.
    pub fn query(&mut self, sql: &'static Sql, args: &[Val]) -> Result<Vec<Row>, DbError> {
        self.step.check_scope(sql, Scope::Server)?;
        self.step.query(sql, &args.iter().collect::<Vec<_>>())
    }

    /// The only row of an answer, if there is one.
    pub fn query_opt(&mut self, sql: &'static Sql, args: &[Val]) -> Result<Option<Row>, DbError> {
        one(sql, self.query(sql, args)?)
    }

    /// The only row of an answer that must have one.
    pub fn query_one(&mut self, sql: &'static Sql, args: &[Val]) -> Result<Row, DbError> {
        self.query_opt(sql, args)?.ok_or(DbError::NoRow { statement: sql.name })
    }

    /// A write whose answer nobody needs; see [`Tx::later`].
    pub fn later(&mut self, sql: &'static Sql, args: &[Val]) -> Result<(), DbError> {
        self.step.check_scope(sql, Scope::Server)?;
        self.step.later(sql, args.to_vec())
    }

    /// The same write for many rows, none waited for.
    pub fn exec_many(&mut self, sql: &'static Sql, rows: &[Vec<Val>]) -> Result<(), DbError> {
        rows.iter().try_for_each(|row| self.later(sql, row))
    }

    /// Runs a part of the transaction that is one workspace's, and binds that into every statement of it.
    ///
    /// For what must happen to a workspace's rows together with the server's, such as to a member's
    /// conversations when they are shut out.
    ///
    /// # Errors
    /// Whatever the part answers.
    pub fn within<T, E>(&mut self, ws: WorkspaceId, run: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        // Should the part panic, what it wrote must be undone.
        let done = std::mem::replace(&mut self.step.done, Done { wrote: true, ..Done::default() });
        let step = Step { conn: &mut *self.step.conn, faults: self.step.faults, counters: self.step.counters, done };
        let mut tx = Tx { step, ws };
        let result = run(&mut tx);
        self.step.done = tx.step.end();
        result
    }

    /// Adds an event of a workspace; it is written with the commit and told after it.
    pub fn event(&mut self, ws: WorkspaceId, event: NewEvent) {
        self.step.done.wrote = true;
        self.step.done.events.push((ws.uuid(), event));
    }

    /// Seals a row into a workspace's chain, with the commit.
    pub fn seal(&mut self, ws: WorkspaceId, seal: NewSeal) {
        self.step.done.wrote = true;
        self.step.done.seals.push((ws.uuid(), seal));
    }
}
