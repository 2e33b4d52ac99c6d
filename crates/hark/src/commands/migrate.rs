//! `hark migrate`: the schema's steps, shown or taken before servers start.

use clap::Args;
use engine::Settings;
use store::MIGRATIONS;

use crate::exit::Failure;
use crate::open::{Place, ProviderReach};
use crate::told::tell;

/// Where, and whether only to look.
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub place: Place,
    /// Only show which steps are taken and which are due.
    #[arg(long)]
    show: bool,
}

/// Takes the steps that are due, each after a backup, or shows them.
pub async fn run(wish: Migrate) -> Result<(), Failure> {
    let place = wish.place;
    let before = store::applied(place.url()).await?;
    if !wish.show {
        // Opening takes the steps, under a lock where several nodes start at once.
        place.open(Settings::default(), ProviderReach::Public).await?.store().clone().close().await;
    }
    for step in MIGRATIONS {
        let taken = before.iter().any(|name| name == step.name);
        let word = match (taken, wish.show) {
            (true, _) => "there",
            (false, true) => "due",
            (false, false) => "taken",
        };
        tell!("{word:6} {}", step.name);
    }
    for newer in before.iter().filter(|name| MIGRATIONS.iter().all(|step| step.name != name.as_str())) {
        tell!("newer  {newer} (this binary does not know it and would not start)");
    }
    Ok(())
}
