//! Files from another tool: the rows still to be read, how far each file is, and
//! which of its rows were odd.

use crate::args;
use crate::db::{DbError, Row, Tx, inserts, statements};
use domain::id::ImportId;
use domain::import::Told;
use uuid::Uuid;

macro_rules! columns {
    () => {
        "id, told, sha256, columns, delimiter, country, since, rows, pieces, place, rows_done, added, already, overtaken,
        unproven, other, refused, actor_kind, actor_id, created_at, finished_at"
    };
}

statements! {
    tenant IMPORT_INSERT = "insert into imports (ws, id, told, sha256, columns, delimiter, country, since, rows, pieces,
        actor_kind, actor_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    tenant IMPORT_GET = concat!("select ", columns!(), " from imports where ws = $1 and id = $2");
    tenant IMPORT_PAGE = concat!("select ", columns!(), " from imports
        where ws = $1 and (created_at, id) < ($2, $3) order by created_at desc, id desc limit $4");
    tenant IMPORT_FIRST = "select min(since) from imports where ws = $1 and sha256 = $2 and told = $3";
    tenant IMPORT_PROGRESS = "update imports set place = place + 1, rows_done = rows_done + $3, added = added + $4,
        already = already + $5, overtaken = overtaken + $6, unproven = unproven + $7, other = other + $8,
        refused = refused + $9 where ws = $1 and id = $2 and place = $10";
    tenant IMPORT_FINISH = "update imports set finished_at = $3 where ws = $1 and id = $2 and finished_at is null";
    tenant IMPORT_PIECE = "select first_line, content from import_pieces where ws = $1 and import_id = $2 and no = $3";
    tenant IMPORT_PIECE_DONE = "delete from import_pieces where ws = $1 and import_id = $2 and no = $3";
    tenant IMPORT_PIECES_FORGET = "delete from import_pieces where ws = $1 and import_id = $2";
    tenant IMPORT_PIECES_FORGET_OLD = "delete from import_pieces where ws = $1 and import_id in
        (select id from imports where ws = $1 and finished_at is null and created_at < $2)",
        cold "once an hour, of files that broke off";
    tenant IMPORT_FAULTS = "select line, code, refused from import_faults
        where ws = $1 and import_id = $2 and (line, code) > ($3, $4) order by line, code limit $5";
}

inserts! {
    IMPORT_PIECES = "import_pieces" [("import_id", Uuid), ("no", Int), ("first_line", Int), ("content", Text)] "";
    IMPORT_FAULT_MANY = "import_faults" [("import_id", Uuid), ("line", Int), ("code", Text), ("refused", Int)]
        "on conflict do nothing";
}

/// How many rows of a file came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows read.
    pub rows: i64,
    /// Rows that told something new.
    pub added: i64,
    /// Rows that told what was known.
    pub already: i64,
    /// Rows written down that count for nothing, because the customer said otherwise since.
    pub overtaken: i64,
    /// Of those added, agreements without proof.
    pub unproven: i64,
    /// Rows about customers of the other kind.
    pub other: i64,
    /// Rows that were refused.
    pub refused: i64,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its identity.
    pub id: ImportId,
    /// What it tells.
    pub told: Told,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Which column holds what, as JSON.
    pub columns: String,
    /// What stands between its fields.
    pub delimiter: String,
    /// The country whose numbers need no calling code, by its ISO code.
    pub country: String,
    /// When rows without a date count as said, Unix ms.
    pub since: i64,
    /// Its rows, without the heading.
    pub rows: i64,
    /// Pieces it is read in.
    pub pieces: i64,
    /// Pieces done.
    pub place: i64,
    /// What the rows of those came to.
    pub counts: Counts,
    /// The kind of who brought it.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
    /// When it was brought, Unix ms.
    pub created_at: i64,
    /// When its last row was read, Unix ms.
    pub finished_at: Option<i64>,
}

fn import(row: &Row) -> Result<ImportRow, DbError> {
    Ok(ImportRow {
        id: row.get(0)?,
        told: crate::consent::word(row, 1, Told::from_word)?,
        sha256: row.get(2)?,
        columns: row.get(3)?,
        delimiter: row.get(4)?,
        country: row.get(5)?,
        since: row.get(6)?,
        rows: row.get(7)?,
        pieces: row.get(8)?,
        place: row.get(9)?,
        counts: Counts {
            rows: row.get(10)?,
            added: row.get(11)?,
            already: row.get(12)?,
            overtaken: row.get(13)?,
            unproven: row.get(14)?,
            other: row.get(15)?,
            refused: row.get(16)?,
        },
        actor_kind: row.get(17)?,
        actor_id: row.get(18)?,
        created_at: row.get(19)?,
        finished_at: row.get(20)?,
    })
}

/// Some rows of a file, to be read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The line its first row begins on.
    pub first_line: i64,
    /// The rows, as they came.
    pub content: String,
}

/// Keeps a file.
pub fn insert(tx: &mut Tx<'_>, new: &ImportRow) -> Result<(), DbError> {
    tx.exec(
        &IMPORT_INSERT,
        args![
            new.id,
            new.told.word(),
            new.sha256.clone(),
            &new.columns,
            &new.delimiter,
            &new.country,
            new.since,
            new.rows,
            new.pieces,
            &new.actor_kind,
            new.actor_id,
            new.created_at
        ],
    )?;
    Ok(())
}

/// Keeps pieces of a file, counted from a number.
pub fn pieces_insert(tx: &mut Tx<'_>, id: ImportId, first: i64, pieces: &[Piece]) -> Result<(), DbError> {
    let rows = (first..).zip(pieces).map(|(no, piece)| args![id, no, piece.first_line, &piece.content].to_vec());
    tx.insert_many(&IMPORT_PIECES, rows.collect())?;
    Ok(())
}

/// One file.
pub fn get(tx: &mut Tx<'_>, id: ImportId) -> Result<Option<ImportRow>, DbError> {
    tx.query_opt(&IMPORT_GET, args![id])?.as_ref().map(import).transpose()
}

/// Files before a place, newest first.
pub fn page(tx: &mut Tx<'_>, before: (i64, Uuid), limit: i64) -> Result<Vec<ImportRow>, DbError> {
    tx.query(&IMPORT_PAGE, args![before.0, before.1, limit])?.iter().map(import).collect()
}

/// When the same bytes were first brought to tell the same, Unix ms.
pub fn first_since(tx: &mut Tx<'_>, sha256: &[u8], told: Told) -> Result<Option<i64>, DbError> {
    tx.query_one(&IMPORT_FIRST, args![sha256.to_vec(), told.word()])?.get(0)
}

/// A piece that is still to be read.
pub fn piece(tx: &mut Tx<'_>, id: ImportId, no: i64) -> Result<Option<Piece>, DbError> {
    let row = tx.query_opt(&IMPORT_PIECE, args![id, no])?;
    row.map(|row| Ok(Piece { first_line: row.get(0)?, content: row.get(1)? })).transpose()
}

/// Notes that a piece was read, and forgets it. False where it was read before.
pub fn piece_done(tx: &mut Tx<'_>, id: ImportId, no: i64, counts: &Counts) -> Result<bool, DbError> {
    tx.later(&IMPORT_PIECE_DONE, args![id, no])?;
    let moved = tx.exec(
        &IMPORT_PROGRESS,
        args![
            id,
            counts.rows,
            counts.added,
            counts.already,
            counts.overtaken,
            counts.unproven,
            counts.other,
            counts.refused,
            no
        ],
    )?;
    Ok(moved > 0)
}

/// Forgets what of a file was not read.
pub fn pieces_forget(tx: &mut Tx<'_>, id: ImportId) -> Result<(), DbError> {
    tx.later(&IMPORT_PIECES_FORGET, args![id])
}

/// Forgets what was not read of files that were brought before an instant (Unix ms).
pub fn pieces_forget_old(tx: &mut Tx<'_>, before: i64) -> Result<(), DbError> {
    tx.later(&IMPORT_PIECES_FORGET_OLD, args![before])
}

/// Notes that the last row was read.
pub fn finish(tx: &mut Tx<'_>, id: ImportId, at: i64) -> Result<(), DbError> {
    tx.later(&IMPORT_FINISH, args![id, at])
}

/// Something odd about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRow {
    /// The line the row begins on.
    pub line: i64,
    /// A stable code.
    pub code: String,
    /// Whether the row was refused; otherwise it counts all the same.
    pub refused: bool,
}

/// Notes what is odd about rows of a file.
pub fn faults_insert(tx: &mut Tx<'_>, id: ImportId, faults: &[FaultRow]) -> Result<(), DbError> {
    let rows = faults.iter().map(|fault| args![id, fault.line, &fault.code, i64::from(fault.refused)].to_vec());
    tx.insert_many_later(&IMPORT_FAULT_MANY, rows.collect())
}

/// What is odd about rows of a file, after a line and code, by line.
pub fn faults(tx: &mut Tx<'_>, id: ImportId, after: (i64, &str), limit: i64) -> Result<Vec<FaultRow>, DbError> {
    tx.query(&IMPORT_FAULTS, args![id, after.0, after.1, limit])?
        .iter()
        .map(|row| Ok(FaultRow { line: row.get(0)?, code: row.get(1)?, refused: row.get::<i64>(2)? > 0 }))
        .collect()
}
