//! Statements, values and rows.

use store::db::{DbError, DbErrorKind, Val, args};
use testkit::database::for_each_engine;
use uuid::Uuid;

use super::groups::open;
use super::schema::{
    BROKEN, FACT_GET, FACT_PUT, NOTE_ADD, NOTE_ADD_RAW, NOTE_ALL, NOTE_BODY, NOTE_CLAIM, NOTES_ADD, NOTES_BY_BODY,
    NOTES_BY_ID, NOTES_BY_N, NOTES_EVERYWHERE, NOTES_MOVE, NOTES_N, add, id, numbers, ws,
};

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let workspace = test.store.workspace(ws(1));
        let text = "naïve 😀 'quoted' $1 {x}";
        workspace
            .write(move |tx| {
                tx.exec(&NOTE_ADD_RAW, args![id(1), i64::MAX, text, vec![0u8, 255, 1]])?;
                tx.exec(&NOTE_ADD_RAW, args![id(2), 1, None::<String>, None::<Vec<u8>>])
            })
            .await?;
        let rows = workspace.read(|tx| tx.query(&NOTE_ALL, args![])).await?;
        let [empty, full] = rows.as_slice() else { return Err("two rows expected".into()) };
        assert_eq!(full.get::<Uuid>(0)?, id(1));
        assert_eq!(full.get::<i64>(1)?, i64::MAX);
        assert_eq!(full.get::<String>(2)?, text);
        assert_eq!(full.get::<Vec<u8>>(3)?, [0, 255, 1]);
        assert!(full.get::<bool>(4)?);
        assert_eq!(empty.get::<Option<String>>(2)?, None);
        assert_eq!(empty.get::<Option<Vec<u8>>>(3)?, None);
        assert!(!empty.get::<bool>(4)?);
        let wrong = full.get::<u32>(1);
        assert!(matches!(wrong, Err(DbError::Decode { statement: "NOTE_ALL", column: 1, .. })));
        assert!(matches!(empty.get::<String>(2), Err(DbError::Decode { found: "null", .. })));
        assert!(matches!(empty.get::<String>(9), Err(DbError::Decode { .. })));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn membership_takes_arrays_of_each_kind() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let workspace = test.store.workspace(ws(1));
        workspace.write(|tx| (0..6).try_for_each(|n| add(tx, n))).await?;
        workspace
            .read(|tx| {
                let by_id = tx.query(&NOTES_BY_ID, args![vec![id(1), id(4), id(77)]])?;
                assert_eq!(by_id.len(), 2);
                let by_n = tx.query(&NOTES_BY_N, args![vec![0i64, 5]])?;
                assert_eq!(by_n.iter().map(|row| row.get(0)).collect::<Result<Vec<i64>, _>>()?, [0, 5]);
                let by_body = tx.query(&NOTES_BY_BODY, args![vec!["body".to_owned()]])?;
                assert_eq!(by_body.len(), 6);
                assert_eq!(tx.query(&NOTES_BY_N, args![Vec::<i64>::new()])?.len(), 0);
                Ok::<_, DbError>(())
            })
            .await?;
        let claimed =
            workspace.write(|tx| tx.query(&NOTE_CLAIM, args!["body", "claimed"]).map(|rows| rows.len())).await?;
        assert_eq!(claimed, 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn many_rows_go_in_at_once() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let workspace = test.store.workspace(ws(1));
        let rows = |from: u32, to: u32| {
            (from..to)
                .map(|n| {
                    let body = (n % 2 == 0).then(|| format!("note {n}"));
                    vec![Val::from(id(n.into())), n.into(), body.into(), Val::Blob(vec![1])]
                })
                .collect::<Vec<_>>()
        };
        let inserted = workspace.write(move |tx| tx.insert_many(&NOTES_ADD, rows(0, 12_000))).await?;
        assert_eq!(inserted, 12_000);
        let again = workspace.write(move |tx| tx.insert_many(&NOTES_ADD, rows(11_990, 12_010))).await?;
        assert_eq!(again, 10, "rows that are there already are left out and not counted");
        let found = workspace.read(numbers).await?;
        assert_eq!(found, (0..12_010).collect::<Vec<_>>());
        let read: Result<Option<String>, DbError> =
            workspace.write(|tx| tx.query_one(&NOTE_BODY, args![id(7)])?.get(0)).await;
        assert_eq!(read?, None);
        let short = workspace.write(|tx| tx.insert_many(&NOTES_ADD, vec![vec![Val::Null]])).await;
        assert_eq!(short.map_err(|error| error.kind()), Err(DbErrorKind::Statement));
        assert_eq!(workspace.write(|tx| tx.insert_many(&NOTES_ADD, Vec::new())).await?, 0);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn many_rows_change_at_once_each_by_its_own_values() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let (ours, theirs) = (test.store.workspace(ws(1)), test.store.workspace(ws(2)));
        ours.write(|tx| (0..6_000).try_for_each(|n| add(tx, n))).await?;
        theirs.write(|tx| add(tx, 7)).await?;
        let rows = || {
            let body = |n: u64| n.is_multiple_of(2).then(|| format!("moved {n}"));
            (0..5_999).map(|n| vec![Val::from(id(n)), Val::Int(10_000), body(n).into()]).collect::<Vec<_>>()
        };
        let moved = ours
            .write(move |tx| {
                let mut rows = rows();
                rows.push(vec![Val::from(id(77_777)), Val::Int(1), Val::Null]);
                let moved = tx.update_many(&NOTES_MOVE, rows)?;
                moved.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<(Uuid, i64)>, DbError>>()
            })
            .await?;
        assert_eq!(moved.len(), 5_999, "a row that is not there is left out");
        assert!(moved.contains(&(id(0), 10_000)) && moved.contains(&(id(5_998), 15_998)));
        assert_eq!(ours.read(|tx| tx.query(&NOTES_BY_BODY, args![vec!["moved 2".to_owned()]])).await?.len(), 1);
        assert_eq!(ours.read(|tx| tx.query(&NOTES_BY_BODY, args![vec!["body".to_owned()]])).await?.len(), 3_000);
        assert_eq!(theirs.read(numbers).await?, [7], "another workspace's row of the same id moved");
        let back = |tx: &mut store::Tx<'_>| {
            tx.update_many_later(&NOTES_MOVE, vec![vec![Val::from(id(0)), Val::Int(-10_000), Val::Null]])
        };
        ours.write(back).await?;
        assert_eq!(ours.read(numbers).await?.first(), Some(&0));
        // A change that the table does not allow fails its own closure.
        let failed = ours.write(back).await;
        assert_eq!(failed.map_err(|error| error.kind()), Err(DbErrorKind::Constraint));
        let short = ours.write(|tx| tx.update_many(&NOTES_MOVE, vec![vec![Val::Null]]).map(|_| ())).await;
        assert_eq!(short.map_err(|error| error.kind()), Err(DbErrorKind::Statement));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn writes_not_waited_for_fail_their_own_closure() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let workspace = test.store.workspace(ws(1));
        workspace
            .write(|tx| {
                let rows: Vec<_> = (0..1_500u32).map(|n| vec![Val::from(id(n.into())), n.into(), Val::Null]).collect();
                tx.exec_many(&NOTE_ADD, &rows)
            })
            .await?;
        assert_eq!(workspace.read(numbers).await?.len(), 1_500);
        let failed = workspace.write(|tx| tx.later(&NOTE_ADD, args![id(9), 9_000, "again"])).await;
        let Err(error) = failed else { return Err("a conflict went unnoticed".into()) };
        assert_eq!(error.kind(), DbErrorKind::Conflict);
        assert!(error.is_conflict_on("notes"), "{error}");
        let refused = workspace.write(|tx| tx.later(&NOTE_ADD, args![id(6_000), -1, "low"])).await;
        assert_eq!(refused.map_err(|error| error.kind()), Err(DbErrorKind::Constraint));
        assert_eq!(workspace.read(numbers).await?.len(), 1_500);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn scopes_keep_tenant_and_server_statements_apart() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let workspace = test.store.workspace(ws(1));
        let server = test.store.server();
        let crossed = workspace.read(|tx| tx.query(&NOTES_EVERYWHERE, args![])).await;
        assert!(matches!(crossed, Err(DbError::Scope { .. })));
        let crossed = server.write(|tx| tx.exec(&NOTE_ADD, args![ws(1), id(1), 1, "x"])).await;
        assert!(matches!(crossed, Err(DbError::Scope { .. })));
        // Going on after it does not help.
        let hidden = workspace
            .write(|tx| {
                let _ = tx.later(&FACT_PUT, args!["a", "b"]);
                Ok::<_, DbError>(())
            })
            .await;
        assert_eq!(hidden.map_err(|error| error.kind()), Err(DbErrorKind::Rollback));
        server.write(|tx| tx.exec(&FACT_PUT, args!["a", "b"])).await?;
        let fact: String = server.read(|tx| tx.query_one(&FACT_GET, args!["a"])?.get(0)).await?;
        assert_eq!(fact, "b");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_workspace_sees_its_own_rows() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        test.store.workspace(ws(1)).write(|tx| add(tx, 1)).await?;
        test.store.workspace(ws(2)).write(|tx| add(tx, 2)).await?;
        assert_eq!(test.store.workspace(ws(1)).read(numbers).await?, [1]);
        assert_eq!(test.store.workspace(ws(2)).read(numbers).await?, [2]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn wrong_use_is_an_error_that_names_the_statement() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let workspace = test.store.workspace(ws(1));
        let missing = workspace.read(|tx| tx.query(&NOTES_BY_ID, args![])).await;
        let Err(DbError::Statement { statement, message }) = missing else {
            return Err("a missing argument went unnoticed".into());
        };
        assert_eq!((statement.as_str(), message.as_str()), ("NOTES_BY_ID", "takes 2 arguments, was given 1"));
        let broken = test.store.server().read(|tx| tx.query(&BROKEN, args![])).await;
        assert!(matches!(broken, Err(DbError::Statement { statement, .. }) if statement == "BROKEN"));
        let writes = workspace.read(|tx| tx.exec(&NOTE_ADD, args![id(1), 1, "x"])).await;
        assert_eq!(writes.map_err(|error| error.kind()), Err(DbErrorKind::ReadOnly));
        workspace.write(|tx| add(tx, 1).and_then(|()| add(tx, 2))).await?;
        let none = workspace.read(|tx| tx.query_one(&NOTES_BY_N, args![vec![7i64]])).await;
        assert!(matches!(none, Err(DbError::NoRow { statement: "NOTES_BY_N" })));
        let many = workspace.read(|tx| tx.query_opt(&NOTES_N, args![])).await;
        assert_eq!(many.map(|_| ()).map_err(|error| error.kind()), Err(DbErrorKind::Statement));
        // The connections are as good as before.
        assert_eq!(workspace.read(numbers).await?, [1, 2]);
        Ok(())
    })
    .await;
}

#[test]
fn values_show_no_text_in_logs() {
    let shown = format!("{:?}", args!["+15550001111", vec![1u8], 5, id(1)]);
    assert!(!shown.contains("5550001111") && shown.contains("text[12]"), "{shown}");
}
