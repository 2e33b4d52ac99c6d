//! Connections to PostgreSQL.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::{Client, Config, NoTls};

use super::error::DbError;
use super::postgres_value::postgres_error;

/// How long a connection attempt may take.
pub(crate) const CONNECT: Duration = Duration::from_secs(3);

/// A runtime for the thread that calls.
pub(crate) fn runtime() -> Result<Runtime, DbError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| DbError::Unavailable(error.to_string()))
}

/// Reads a connection string.
pub(crate) fn config(url: &str) -> Result<Config, DbError> {
    // The parser's words may quote the string, and it may hold a password.
    let mut config: Config =
        url.parse().map_err(|_| DbError::Unavailable("the PostgreSQL connection string is wrong".to_owned()))?;
    if config.get_application_name().is_none() {
        config.application_name("hark");
    }
    config.connect_timeout(CONNECT).keepalives_idle(Duration::from_secs(30));
    Ok(config)
}

/// Connects, and leaves the connection running on the runtime.
pub(crate) async fn connect(config: &Config) -> Result<Client, DbError> {
    let connecting = tokio::time::timeout(CONNECT, config.connect(NoTls));
    let (client, connection) = connecting
        .await
        .map_err(|_| DbError::Unavailable("no connection within 3 s".to_owned()))?
        .map_err(|error| postgres_error("connect", &error))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a PostgreSQL connection ended");
        }
    });
    Ok(client)
}
