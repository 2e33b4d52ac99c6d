//! Customers say where they are, and take it back: what has not left by then must be legal there too.

use super::Sim;
use super::act::{PHONES, phone};
use domain::address::Address;
use domain::zones::{Place, PlaceKind, PlaceSource};
use engine::audit::Actor;

/// Where they may go: each has hours in common with every number of the simulation.
const ZONES: &[&str] = &["America/Los_Angeles", "Pacific/Honolulu", "Europe/London", "America/New_York"];

impl Sim {
    /// A customer the shop knows says where they are now, or that they are back.
    pub(super) async fn customer_moves(&mut self) -> Result<(), String> {
        let address = phone(self.random.below(PHONES));
        let away = self.random.below(2) == 0;
        let zone = self.random.pick(ZONES).copied().filter(|_| away);
        loop {
            let id = match self.engine.customer_by_address(self.ws, Address::parse(&address)).await {
                Ok(Some(id)) => id,
                Ok(None) => return Ok(()),
                Err(_) if self.dead() => {
                    self.die().await?;
                    continue;
                }
                Err(error) => return Err(error.to_string()),
            };
            let said = match zone {
                Some(zone) => {
                    let place = Place {
                        kind: PlaceKind::Declared,
                        country: String::new(),
                        region: String::new(),
                        postal_code: String::new(),
                        time_zone: zone.to_owned(),
                    };
                    let source = Some(PlaceSource::Customer);
                    self.engine.customer_place_set(self.ws, Actor::System, id, place, source).await
                }
                None => self.engine.customer_place_delete(self.ws, Actor::System, id, PlaceKind::Declared).await,
            };
            match said {
                // Said again after a death, it is the same.
                Ok(()) => break,
                Err(_) if self.dead() => self.die().await?,
                Err(error) => return Err(error.to_string()),
            }
        }
        self.report.moved += 1;
        self.note(&format!("moves {address} {zone:?}"));
        self.model.people.entry(address).or_default().declared = zone;
        Ok(())
    }
}
