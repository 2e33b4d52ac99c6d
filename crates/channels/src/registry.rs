//! The providers there are: one line each, sorted, named nowhere else.

use crate::channel::Channel;
use crate::http::HttpClient;
use crate::plivo::Plivo;
use crate::simulator::{Simulator, SimulatorCarrier};
use crate::telnyx::Telnyx;
use crate::twilio::Twilio;
use std::sync::Arc;

/// All providers, by their word.
pub struct Registry {
    http: HttpClient,
    channels: Vec<Box<dyn Channel>>,
}

impl Registry {
    /// All providers over one HTTP client and one simulated network.
    #[must_use]
    pub fn new(http: HttpClient, simulator: Arc<SimulatorCarrier>) -> Self {
        Self {
            http: http.clone(),
            channels: vec![
                Box::new(Plivo::new(http.clone())),
                Box::new(Simulator::new(simulator)),
                Box::new(Telnyx::new(http.clone())),
                Box::new(Twilio::new(http)),
            ],
        }
    }

    /// The simulator alone: what has no other provider can reach no real phone.
    #[must_use]
    pub fn simulated(http: HttpClient, simulator: Arc<SimulatorCarrier>) -> Self {
        Self { http, channels: vec![Box::new(Simulator::new(simulator))] }
    }

    /// The client that all of them share.
    #[must_use]
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// The provider of a word.
    #[must_use]
    pub fn get(&self, provider: &str) -> Option<&dyn Channel> {
        self.iter().find(|channel| channel.provider() == provider)
    }

    /// All providers, sorted by their word.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Channel> {
        self.channels.iter().map(AsRef::as_ref)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(Channel::provider)).finish()
    }
}
