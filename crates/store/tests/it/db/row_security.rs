//! Row-level security holds back what a statement forgot to.

use store::db::{DbError, DbErrorKind, Engine, args};
use testkit::database::{for_each_engine, open_with};

use super::schema::{MIGRATIONS, NOTES_EVERYWHERE, NOTES_UNGUARDED, add, event, numbers, ws};

#[tokio::test]
async fn postgres_shows_a_workspace_its_own_rows_even_to_a_bad_statement() {
    for_each_engine(|engine| async move {
        if engine == Engine::Sqlite {
            return Ok(());
        }
        for row_security in [false, true] {
            let test = open_with(engine, |config| {
                config.migrations = MIGRATIONS;
                config.row_security = row_security;
            })
            .await;
            for n in [1, 2] {
                test.store
                    .workspace(ws(n.into()))
                    .write(move |tx| {
                        tx.event(event("note.created", n));
                        add(tx, n)
                    })
                    .await?;
            }
            let workspace = test.store.workspace(ws(1));
            assert_eq!(workspace.read(numbers).await?, [1]);
            let leak = workspace
                .read(|tx| {
                    let rows = tx.query(&NOTES_UNGUARDED, args![])?;
                    rows.iter().map(|row| row.get(0)).collect::<Result<Vec<u32>, DbError>>()
                })
                .await?;
            // Without the witness the bad statement shows what it should not.
            assert_eq!(leak, if row_security { vec![1] } else { vec![1, 2] });
            let count: i64 = test.store.server().read(|tx| tx.query_one(&NOTES_EVERYWHERE, args![])?.get(0)).await?;
            assert_eq!(count, 2, "the server sees all workspaces");
            let events = workspace.read(super::events::all).await?;
            assert_eq!(events.len(), 1);
            let refused = workspace.write(|tx| add(tx, 1)).await;
            assert_eq!(refused.map_err(|error| error.kind()), Err(DbErrorKind::Conflict));
        }
        Ok(())
    })
    .await;
}
