//! What every request can reach.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, RwLock};

use domain::id::{AccountId, WorkspaceId};
use engine::Engine;
use engine::idempotency::InFlight;
use engine::mail::Mailer;
use engine::rate_limit::{Rate, RateLimit};
use http::Method;

use crate::access::{Access, access};
use crate::metrics::Metrics;
use crate::proxy::Proxies;

/// How the API is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Whether browsers reach us over https, so that cookies are for https alone.
    pub secure: bool,
    /// Whose word on a client's address counts.
    pub proxies: Proxies,
    /// A way to send mail, where there is one.
    pub mailer: Option<Mailer>,
    /// How often one address may try to sign in, set up or follow a link.
    pub entry_rate: Rate,
    /// How often one member or key may ask.
    pub caller_rate: Rate,
    /// How often one address may send the forms of customers' pages.
    pub sign_up_rate: Rate,
    /// How often one number may be typed into them, by whomever.
    pub signed_number_rate: Rate,
    /// Most live streams of one member or key.
    pub streams_max: usize,
    /// Who has this may read the metrics; without one, this machine alone.
    pub metrics_token: Option<String>,
    /// Whether the first workspace gets the demo shop unasked.
    pub demo_at_setup: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            secure: false,
            proxies: Proxies::default(),
            mailer: None,
            entry_rate: Rate { burst: 10.0, per_second: 0.2 },
            caller_rate: Rate { burst: 1_000.0, per_second: 500.0 },
            // A till's tablet may sign up a queue of people.
            sign_up_rate: Rate { burst: 20.0, per_second: 0.05 },
            // Three, and one more every eight hours.
            signed_number_rate: Rate { burst: 3.0, per_second: 1.0 / 28_800.0 },
            streams_max: 8,
            metrics_token: None,
            demo_at_setup: false,
        }
    }
}

/// The API's own state. Clones share it.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

/// See [`Api`].
pub struct Shared {
    /// The deeds.
    pub engine: Engine,
    /// How the API is set up.
    pub config: Config,
    /// What is counted.
    pub metrics: Metrics,
    pub(crate) entry: RateLimit<IpAddr>,
    pub(crate) callers: RateLimit<(WorkspaceId, uuid::Uuid)>,
    pub(crate) sign_ups: RateLimit<IpAddr>,
    pub(crate) signed_numbers: RateLimit<(WorkspaceId, String)>,
    pub(crate) in_flight: InFlight,
    pub(crate) streams: Mutex<HashMap<uuid::Uuid, usize>>,
    pub(crate) owners: RwLock<HashMap<AccountId, WorkspaceId>>,
    operations: HashMap<(Method, String), Operation>,
}

/// What the document says of an operation.
#[derive(Debug, Clone)]
struct Operation {
    id: &'static str,
    access: Access,
    /// The names of its query's parameters.
    query: Vec<String>,
}

impl std::ops::Deref for Api {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Api {
    /// The API over an engine.
    #[must_use]
    pub fn new(engine: Engine, config: Config) -> Self {
        Self(Arc::new(Shared {
            entry: RateLimit::new(config.entry_rate),
            callers: RateLimit::new(config.caller_rate),
            sign_ups: RateLimit::new(config.sign_up_rate),
            signed_numbers: RateLimit::new(config.signed_number_rate),
            engine,
            config,
            metrics: Metrics::default(),
            in_flight: InFlight::default(),
            streams: Mutex::default(),
            owners: RwLock::default(),
            operations: operations(),
        }))
    }

    /// Which operation a method and route are, and what it asks of its caller.
    #[must_use]
    pub fn operation(&self, method: &Method, route: &str) -> Option<(&'static str, Access)> {
        // A HEAD is answered by the GET's handler.
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.operations.get(&(method.clone(), route.to_owned())).map(|known| (known.id, known.access))
    }

    /// The first parameter of a query that an operation does not take.
    #[must_use]
    pub(crate) fn unknown_parameter(&self, method: &Method, route: &str, query: &str) -> Option<String> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        let known = self.operations.get(&(method.clone(), route.to_owned()))?;
        let mut names = query.split('&').filter(|pair| !pair.is_empty());
        names.find_map(|pair| {
            let name = pair.split('=').next().unwrap_or(pair);
            (!known.query.iter().any(|known| known == name)).then(|| name.to_owned())
        })
    }

    /// Counts one live stream of a caller in, unless there are too many.
    pub(crate) fn stream_enter(&self, caller: uuid::Uuid) -> Option<StreamPlace> {
        let mut streams = self.streams.lock().ok()?;
        let count = streams.entry(caller).or_default();
        if *count >= self.config.streams_max {
            return None;
        }
        *count += 1;
        Some(StreamPlace { api: self.clone(), caller })
    }
}

/// One live stream, counted until it ends.
pub(crate) struct StreamPlace {
    api: Api,
    caller: uuid::Uuid,
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        if let Ok(mut streams) = self.api.streams.lock()
            && let Some(count) = streams.get_mut(&self.caller)
        {
            *count -= 1;
            if *count == 0 {
                streams.remove(&self.caller);
            }
        }
    }
}

/// Where each operation is, from the document itself.
fn operations() -> HashMap<(Method, String), Operation> {
    let mut all = HashMap::new();
    let paths = crate::document::paths();
    for (path, item) in paths.as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default();
            let listed = crate::access::OPERATIONS.iter().find(|(known, _)| *known == id);
            if let (Ok(method), Some((id, _)), Some(access)) =
                (method.to_uppercase().parse::<Method>(), listed, access(id))
            {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let query = parameters
                    .filter(|parameter| parameter["in"] == "query")
                    .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
                    .collect();
                all.insert((method, path.clone()), Operation { id, access, query });
            }
        }
    }
    all
}
