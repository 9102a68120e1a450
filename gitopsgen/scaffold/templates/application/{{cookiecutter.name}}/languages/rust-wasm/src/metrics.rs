//! Counters, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// Seconds; the objectives have a bound each.
const BOUNDS: [f64; 7] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0];

#[derive(Default)]
pub struct Metrics {
    codes: BTreeMap<u16, u64>,
    decisions: BTreeMap<&'static str, u64>,
    buckets: [u64; BOUNDS.len()],
    seconds: f64,
}

impl Metrics {
    pub fn request(&mut self, code: u16, took: Duration) {
        *self.codes.entry(code).or_default() += 1;
        self.seconds += took.as_secs_f64();
        for (bucket, bound) in self.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(took.as_secs_f64() <= bound);
        }
    }

    pub fn decision(&mut self, name: &'static str) {
        *self.decisions.entry(name).or_default() += 1;
    }

    pub fn text(&self) -> String {
        let total: u64 = self.codes.values().sum();
        let mut text = String::from("# TYPE http_requests_total counter\n");
        for (code, count) in &self.codes {
            let _ = writeln!(text, "http_requests_total{{code=\"{code}\"}} {count}");
        }
        text.push_str("# TYPE policy_decisions_total counter\n");
        for (name, count) in &self.decisions {
            let _ = writeln!(
                text,
                "policy_decisions_total{{decision=\"{name}\"}} {count}"
            );
        }
        text.push_str("# TYPE http_request_duration_seconds histogram\n");
        for (count, bound) in self.buckets.iter().zip(BOUNDS) {
            let _ = writeln!(
                text,
                "http_request_duration_seconds_bucket{{le=\"{bound}\"}} {count}"
            );
        }
        let _ = writeln!(
            text,
            "http_request_duration_seconds_bucket{{le=\"+Inf\"}} {total}"
        );
        let _ = writeln!(text, "http_request_duration_seconds_sum {}", self.seconds);
        let _ = writeln!(text, "http_request_duration_seconds_count {total}");
        text
    }
}
