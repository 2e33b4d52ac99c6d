//! What `hark serve` says when it cannot, and https by itself.

use std::process::Stdio;

use store::Engine;
use testkit::drill::process::free_port;
use testkit::drill::{Fault, until};

use crate::shop::{arg, command, hark, place};

/// A certificate for this machine that nobody vouches for, and its key.
async fn certificate(folder: &std::path::Path, name: &str) -> Result<(String, String), Fault> {
    let (chain, key) = (arg(&folder.join(format!("{name}.pem"))), arg(&folder.join(format!("{name}.key"))));
    let made = tokio::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-out", &chain, "-keyout", &key])
        .stderr(Stdio::null())
        .status()
        .await?;
    if made.success() { Ok((chain, key)) } else { Err("openssl made no certificate".into()) }
}

async fn curl(args: &[&str]) -> Result<(i32, String), Fault> {
    let ran = tokio::process::Command::new("curl").args(["--silent", "--noproxy", "*"]).args(args).output().await?;
    Ok((ran.status.code().unwrap_or(-1), String::from_utf8_lossy(&ran.stdout).into_owned()))
}

/// Asks a server to end, as a service manager does.
async fn terminate(server: &tokio::process::Child) -> Result<(), Fault> {
    let id = server.id().ok_or("it ended")?.to_string();
    tokio::process::Command::new("kill").args(["-TERM", &id]).status().await?;
    Ok(())
}

#[tokio::test]
async fn https_is_served_with_a_certificate_of_ones_own() -> Result<(), Fault> {
    let home = place(Engine::Sqlite).await?;
    let (chain, key) = certificate(home.folder.path(), "one").await?;
    let at = format!("127.0.0.1:{}", free_port()?);
    let server = command(&home, &["serve", "--listen", &at, "--tls-cert", &chain, "--tls-key", &key])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let url = format!("https://{at}");
    let ready = format!("{url}/readyz");
    until("it serves", 30, 50, || async { Ok(curl(&["--cacert", &chain, &ready]).await? == (0, "ready".to_owned())) })
        .await?;
    // A stranger's certificate is refused by the client, and plain http by the server.
    assert_eq!(curl(&[&ready]).await?.0, 60);
    assert_ne!(curl(&[&format!("http://{at}/readyz")]).await?.1, "ready");
    for old in ["--tls-max=1.1", "--tls-max=1.2"] {
        let (option, version) = old.split_once('=').ok_or("no version")?;
        let (code, _) = curl(&["--cacert", &chain, option, version, &ready]).await?;
        assert_eq!(code == 0, version == "1.2", "TLS {version}");
    }
    terminate(&server).await?;
    let ended = tokio::time::timeout(std::time::Duration::from_secs(10), server.wait_with_output()).await??;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(ended.status.success() && said.contains(&format!("listens at {url}")), "{said}");
    Ok(())
}

/// Whoever keeps the log may go away before the server does, as a journal that is started anew.
#[tokio::test]
async fn it_ends_in_order_when_nobody_reads_its_log_any_more() -> Result<(), Fault> {
    let home = place(Engine::Sqlite).await?;
    let at = format!("127.0.0.1:{}", free_port()?);
    let mut server =
        command(&home, &["serve", "--listen", &at]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let ready = format!("http://{at}/readyz");
    until("it serves", 30, 50, || async { Ok(curl(&[&ready]).await? == (0, "ready".to_owned())) }).await?;
    drop((server.stdout.take(), server.stderr.take()));
    terminate(&server).await?;
    let ended = tokio::time::timeout(std::time::Duration::from_secs(10), server.wait()).await??;
    assert!(ended.success(), "{ended}");
    Ok(())
}

#[tokio::test]
async fn what_keeps_it_from_serving_is_named() -> Result<(), Fault> {
    let home = place(Engine::Sqlite).await?;
    let (chain, _) = certificate(home.folder.path(), "one").await?;
    let (_, other) = certificate(home.folder.path(), "other").await?;
    let serve = async |more: &[&str]| hark(&home, &[&["serve", "--listen", "127.0.0.1:0"], more].concat()).await;
    let tls = |chain, key| ["--tls-cert", chain, "--tls-key", key];
    serve(&tls("/nowhere.pem", &other)).await?.refused(78, "/nowhere.pem: ")?;
    serve(&tls(&chain, &other)).await?.refused(78, "is no certificate chain for the key")?;
    serve(&tls(&other, &chain)).await?.refused(78, "is no certificate chain for the key")?;
    serve(&["--tls-cert", &chain]).await?.refused(64, "--tls-key")?;
    serve(&["--trusted-proxy", "10.0.0.0/99"]).await?.refused(64, "no range of addresses")?;
    serve(&["--smtp-url", "ftp://x", "--mail-from", "a@example.com"]).await?.refused(78, "mail server")?;
    serve(&["--public-url", "example.com"]).await?.refused(78, "give a scheme and a host")?;
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let at = taken.local_addr()?.to_string();
    hark(&home, &["serve", "--listen", &at]).await?.refused(73, "cannot listen at")?;
    std::fs::create_dir_all(&home.server.data)?;
    std::fs::write(home.server.data.join("hark.key"), "not a key")?;
    serve(&[]).await?.refused(78, "hark.key is not a key file")?;
    let mut nowhere = place(Engine::Sqlite).await?;
    nowhere.server.database = Some("postgres://127.0.0.1:1/x".to_owned());
    hark(&nowhere, &["serve", "--listen", "127.0.0.1:0"]).await?.refused(69, "connect")?;
    Ok(())
}
