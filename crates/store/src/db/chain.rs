//! The chain: what seals the rows of a transaction, written just before its commit.

use std::collections::BTreeMap;

use domain::evidence::{self, Digest, Sealed};
use uuid::Uuid;

use super::conn::{Conn, Engine};
use super::error::DbError;
use super::sql::{Scope, Sql};
use super::value::Val;

/// A row to be sealed with the transaction that writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeal {
    /// Kind, key and digest.
    pub row: Sealed,
    /// Unix milliseconds.
    pub at: i64,
}

/// The seals of a group, by workspace; ordered, so that heads lock in one order.
pub(crate) type Seals = BTreeMap<Uuid, Vec<NewSeal>>;

static HEAD: Sql = Sql {
    cold: None,
    name: "CHAIN_HEAD",
    scope: Scope::Tenant,
    text: "select seq, hash from chain_heads where ws = $1",
};
static MOVE: Sql = Sql {
    cold: None,
    name: "CHAIN_MOVE",
    scope: Scope::Tenant,
    text: "insert into chain_heads (ws, seq, hash) values ($1, $2, $3)
        on conflict (ws) do update set seq = excluded.seq, hash = excluded.hash",
};
static ADD: Sql = Sql {
    cold: None,
    name: "CHAIN_ADD",
    scope: Scope::Tenant,
    text: "insert into chain (ws, seq, at, items, hash) values ($1, $2, $3, $4, $5)",
};
// PostgreSQL links the entry by itself: the head's row stays locked until the
// commit, and nobody waits for an answer in between.
static APPEND: Sql = Sql {
    cold: None,
    name: "CHAIN_APPEND",
    scope: Scope::Tenant,
    text: "with head as (
            insert into chain_heads (ws, seq, hash) values ($1, 1, sha256($2::bytea || $3::bytea))
            on conflict (ws) do update set seq = chain_heads.seq + 1, hash = sha256(chain_heads.hash || $3::bytea)
            returning seq, hash
        )
        insert into chain (ws, seq, at, items, hash) select $1, head.seq, $4, $5, head.hash from head",
};

/// Adds one entry for each workspace with something to seal.
pub(crate) fn append(conn: &mut dyn Conn, seals: &Seals) -> Result<(), DbError> {
    for (ws, seals) in seals {
        let rows: Vec<Sealed> = seals.iter().map(|seal| seal.row.clone()).collect();
        let at = seals.iter().map(|seal| seal.at).max().unwrap_or(0);
        let items = evidence::encode(&rows);
        let digest = evidence::entry_digest(at, &items);
        let genesis = evidence::genesis(*ws);
        let ws = Val::Uuid(*ws);
        match conn.engine() {
            Engine::Postgres => conn.later(
                &APPEND,
                vec![ws, Val::Blob(genesis.to_vec()), Val::Blob(digest.to_vec()), Val::Int(at), Val::Blob(items)],
            )?,
            Engine::Sqlite => {
                let head = conn.query(&HEAD, &[&ws])?.pop();
                let (seq, before): (i64, Digest) = match head {
                    Some(row) => (row.get(0)?, row.get::<Vec<u8>>(1)?.try_into().unwrap_or(genesis)),
                    None => (0, genesis),
                };
                let hash = Val::Blob(evidence::link(&before, &digest).to_vec());
                conn.later(&MOVE, vec![ws.clone(), Val::Int(seq + 1), hash.clone()])?;
                conn.later(&ADD, vec![ws, Val::Int(seq + 1), Val::Int(at), Val::Blob(items), hash])?;
            }
        }
    }
    Ok(())
}
