//! PostgreSQL goes away and comes back.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use store::Store;
use store::db::{DbErrorKind, Engine, StoreConfig, StoreUrl};
use testkit::database::{Place, for_each_engine};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::schema::{MIGRATIONS, add, numbers, ws};

/// A wire to the server that can be cut.
struct Wire {
    up: Arc<AtomicBool>,
    /// Cuts each connection right after its next `commit` went to the server.
    cut_at_commit: Arc<AtomicBool>,
    port: u16,
}

impl Wire {
    async fn new(server: String) -> Result<Self, Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let up = Arc::new(AtomicBool::new(true));
        let cut_at_commit = Arc::new(AtomicBool::new(false));
        let (open, cut) = (Arc::clone(&up), Arc::clone(&cut_at_commit));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if open.load(Ordering::SeqCst)
                    && let Ok(far) = TcpStream::connect(&server).await
                {
                    tokio::spawn(carry(near, far, Arc::clone(&open), Arc::clone(&cut)));
                }
            }
        });
        Ok(Self { up, cut_at_commit, port })
    }
}

async fn carry(mut near: TcpStream, mut far: TcpStream, up: Arc<AtomicBool>, cut: Arc<AtomicBool>) {
    let (mut there, mut back) = (vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            read = near.read(&mut there) => match read {
                Ok(count @ 1..) => {
                    let sent = &there[..count];
                    if far.write_all(sent).await.is_err() { return; }
                    let commits = sent.windows(7).any(|found| found == b"commit\0");
                    if commits && cut.swap(false, Ordering::SeqCst) {
                        // Time for the server to do it, though nobody will hear.
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        return;
                    }
                }
                _ => return,
            },
            read = far.read(&mut back) => match read {
                Ok(count @ 1..) => if near.write_all(&back[..count]).await.is_err() { return; },
                _ => return,
            },
            () = tokio::time::sleep(Duration::from_millis(10)) => {
                if !up.load(Ordering::SeqCst) { return; }
            }
        }
    }
}

/// The place's connection string through a wire.
async fn through_a_wire(place: &Place) -> Result<(Wire, StoreUrl), Box<dyn Error>> {
    let StoreUrl::Postgres(url) = place.url() else { return Err("not PostgreSQL".into()) };
    let config: tokio_postgres::Config = url.parse()?;
    let host = match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
        _ => return Err("the test server must be reached by TCP".into()),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let wire = Wire::new(format!("{host}:{port}")).await?;
    let user = config.get_user().unwrap_or("postgres");
    let password = config.get_password().map(String::from_utf8_lossy).unwrap_or_default();
    let name = config.get_dbname().unwrap_or_default();
    let url = format!("postgres://{user}:{password}@127.0.0.1:{}/{name}", wire.port);
    Ok((wire, StoreUrl::Postgres(url)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_refuses_at_once_and_heals() {
    for_each_engine(|engine| async move {
        if engine == Engine::Sqlite {
            return Ok(());
        }
        let place = Place::new(engine).await;
        let (wire, url) = through_a_wire(&place).await?;
        let store = Store::open(StoreConfig { migrations: MIGRATIONS, readers: 1, ..StoreConfig::new(url) }).await?;
        let workspace = store.workspace(ws(1));
        workspace.write(|tx| add(tx, 1)).await?;
        workspace.read(numbers).await?;

        wire.up.store(false, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let refusing = async {
            for _ in 0..20 {
                let refused = workspace.write(|tx| add(tx, 2)).await;
                assert_eq!(refused.map_err(|error| error.kind()), Err(DbErrorKind::Unavailable));
                let refused = workspace.read(numbers).await;
                assert_eq!(refused.map_err(|error| error.kind()), Err(DbErrorKind::Unavailable));
            }
        };
        tokio::time::timeout(Duration::from_secs(5), refusing).await?;

        wire.up.store(true, Ordering::SeqCst);
        let healed = AtomicUsize::new(0);
        for _ in 0..40 {
            if workspace.write(|tx| add(tx, 3)).await.is_ok() {
                healed.fetch_add(1, Ordering::SeqCst);
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(healed.load(Ordering::SeqCst), 1, "no way back after the outage");
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(workspace.read(numbers).await?, [1, 3]);
        store.close().await;
        Ok(())
    })
    .await;
}

/// A short break while nobody works is not noticed by anybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_lost_while_idle_are_made_anew() {
    for_each_engine(|engine| async move {
        if engine == Engine::Sqlite {
            return Ok(());
        }
        let place = Place::new(engine).await;
        let (wire, url) = through_a_wire(&place).await?;
        let store = Store::open(StoreConfig { migrations: MIGRATIONS, readers: 1, ..StoreConfig::new(url) }).await?;
        let workspace = store.workspace(ws(1));
        workspace.write(|tx| add(tx, 1)).await?;
        assert_eq!(workspace.read(numbers).await?, [1]);
        wire.up.store(false, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(100)).await;
        wire.up.store(true, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(workspace.read(numbers).await?, [1]);
        workspace.write(|tx| add(tx, 2)).await?;
        store.close().await;
        Ok(())
    })
    .await;
}

/// A lost answer to a commit is told as what it is: nobody guesses, nothing runs twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_not_repeated() {
    for_each_engine(|engine| async move {
        if engine == Engine::Sqlite {
            return Ok(());
        }
        let place = Place::new(engine).await;
        let (wire, url) = through_a_wire(&place).await?;
        let store = Store::open(StoreConfig { migrations: MIGRATIONS, ..StoreConfig::new(url) }).await?;
        let workspace = store.workspace(ws(1));
        workspace.write(|tx| add(tx, 1)).await?;
        wire.cut_at_commit.store(true, Ordering::SeqCst);
        let unknown = workspace.write(|tx| add(tx, 2)).await;
        assert_eq!(unknown.map_err(|error| error.kind()), Err(DbErrorKind::OutcomeUnknown));
        assert_eq!(workspace.read(numbers).await?, [1, 2]);
        store.close().await;
        Ok(())
    })
    .await;
}
