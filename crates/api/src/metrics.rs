//! Numbers for those who run Hark, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;

use http::Method;

/// Upper bounds of the buckets of answer times, in ms.
const BOUNDS_MS: &[i64] = &[1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000];

#[derive(Debug, Default)]
struct Times {
    buckets: [u64; 11],
    count: u64,
    sum_ms: i64,
}

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, String, u16), u64>>,
    times: Mutex<BTreeMap<String, Times>>,
    counts: Mutex<BTreeMap<(&'static str, String), u64>>,
}

impl Metrics {
    /// Counts an answered request by its route, never by its address: routes are few.
    pub fn request(&self, method: &Method, route: &str, status: u16, ms: i64) {
        if let Ok(mut requests) = self.requests.lock() {
            *requests.entry((method.as_str().to_owned(), route.to_owned(), status)).or_default() += 1;
        }
        if let Ok(mut times) = self.times.lock() {
            let times = times.entry(route.to_owned()).or_default();
            times.count += 1;
            times.sum_ms += ms;
            for (bucket, bound) in times.buckets.iter_mut().zip(BOUNDS_MS) {
                *bucket += u64::from(ms <= *bound);
            }
        }
    }

    /// Counts something by one label.
    pub fn count(&self, name: &'static str, label: &str) {
        if let Ok(mut counts) = self.counts.lock() {
            *counts.entry((name, label.to_owned())).or_default() += 1;
        }
    }

    /// Everything counted, as text. `gauges` are read at this moment.
    #[must_use]
    pub fn text(&self, gauges: &[(&str, i64)]) -> String {
        let mut text = String::new();
        let _ = self.write(&mut text, gauges);
        text
    }

    fn write(&self, text: &mut String, gauges: &[(&str, i64)]) -> std::fmt::Result {
        writeln!(text, "# TYPE hark_http_requests_total counter")?;
        if let Ok(requests) = self.requests.lock() {
            for ((method, route, status), count) in requests.iter() {
                writeln!(
                    text,
                    "hark_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
                )?;
            }
        }
        writeln!(text, "# TYPE hark_http_request_duration_seconds histogram")?;
        if let Ok(times) = self.times.lock() {
            for (route, times) in times.iter() {
                for (bucket, bound) in times.buckets.iter().zip(BOUNDS_MS) {
                    let le = seconds(*bound);
                    writeln!(
                        text,
                        "hark_http_request_duration_seconds_bucket{{route=\"{route}\",le=\"{le}\"}} {bucket}"
                    )?;
                }
                let count = times.count;
                writeln!(text, "hark_http_request_duration_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}")?;
                writeln!(
                    text,
                    "hark_http_request_duration_seconds_sum{{route=\"{route}\"}} {}",
                    seconds(times.sum_ms)
                )?;
                writeln!(text, "hark_http_request_duration_seconds_count{{route=\"{route}\"}} {count}")?;
            }
        }
        if let Ok(counts) = self.counts.lock() {
            for ((name, label), count) in counts.iter() {
                writeln!(text, "# TYPE {name} counter\n{name}{{kind=\"{label}\"}} {count}")?;
            }
        }
        for (name, value) in gauges {
            let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
            writeln!(text, "# TYPE {name} {kind}\n{name} {value}")?;
        }
        Ok(())
    }
}

/// What the store did, as named numbers.
#[must_use]
pub fn store_gauges(stats: &engine::Stats) -> Vec<(&'static str, i64)> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    vec![
        ("hark_store_statements_total", number(stats.statements)),
        ("hark_store_rows_total", number(stats.rows)),
        ("hark_store_writes_total", number(stats.writes)),
        ("hark_store_reads_total", number(stats.reads)),
        ("hark_store_commits_total", number(stats.commits)),
        ("hark_store_rollbacks_total", number(stats.rollbacks)),
        ("hark_store_reruns_total", number(stats.reruns)),
        ("hark_store_slow_total", number(stats.slow)),
        ("hark_store_events_total", number(stats.events)),
    ]
}

/// How many of each watch there are, as text: 0 where all is well.
pub fn watches(text: &mut String, counts: &BTreeMap<&'static str, u64>) {
    let _ = writeln!(text, "# TYPE hark_watches gauge");
    for (code, count) in counts {
        let _ = writeln!(text, "hark_watches{{code=\"{code}\"}} {count}");
    }
}

/// How the engine's tasks stand, as text.
pub fn tasks(text: &mut String, tasks: &[engine::supervise::TaskHealth]) {
    let mut lines = |name: &str, kind: &str, value: &dyn Fn(&engine::supervise::TaskHealth) -> u64| {
        let _ = writeln!(text, "# TYPE {name} {kind}");
        for task in tasks {
            let _ = writeln!(text, "{name}{{task=\"{}\"}} {}", task.name, value(task));
        }
    };
    lines("hark_task_restarts_total", "counter", &|task| task.restarts);
    lines("hark_task_running", "gauge", &|task| u64::from(task.running));
    lines("hark_task_failing", "gauge", &|task| u64::from(task.failing_since.is_some()));
}

fn seconds(ms: i64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_seconds_exact() {
        let metrics = Metrics::default();
        metrics.request(&Method::GET, "/x", 200, 3);
        metrics.request(&Method::GET, "/x", 200, 1_250);
        metrics.count("hark_webhook_refused_total", "twilio");
        let text = metrics.text(&[("hark_up", 1)]);
        for line in [
            "hark_http_requests_total{method=\"GET\",route=\"/x\",status=\"200\"} 2",
            "hark_http_request_duration_seconds_bucket{route=\"/x\",le=\"0.002\"} 0",
            "hark_http_request_duration_seconds_bucket{route=\"/x\",le=\"0.005\"} 1",
            "hark_http_request_duration_seconds_bucket{route=\"/x\",le=\"5.000\"} 2",
            "hark_http_request_duration_seconds_sum{route=\"/x\"} 1.253",
            "hark_webhook_refused_total{kind=\"twilio\"} 1",
            "hark_up 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
