use std::env;
use std::time::Duration;

use service::http::{read_request, write_response};
use service::metrics::Metrics;
use service::net::{accept, limit, listen};
use service::service::{handle, Policy};

/// How long a caller may be silent.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = variable("LISTEN_ADDRESS", "0.0.0.0:8080");
    let url = variable(
        "POLICY_URL",
        "http://127.0.0.1:8181/v1/data/service/authz/decision",
    );
    let timeout = Duration::from_millis(variable("POLICY_TIMEOUT_MS", "50").parse()?);
    let policy = Policy::new(&url, timeout).ok_or("POLICY_URL is no http://host:port/path")?;
    let mut metrics = Metrics::default();
    let listener = listen(&address)?;
    eprintln!("listening on {address}");
    loop {
        // A caller that went away is no reason to stop.
        let Ok(mut stream) = accept(&listener) else {
            continue;
        };
        let served = limit(&stream, PATIENCE)
            .and_then(|()| read_request(&mut stream))
            .and_then(|request| {
                let response = handle(&request, &mut metrics, &|question| policy.decide(question));
                write_response(&mut stream, &response)
            });
        if let Err(error) = served {
            eprintln!("a caller was not served: {error}");
        }
    }
}

fn variable(name: &str, otherwise: &str) -> String {
    env::var(name).unwrap_or_else(|_| otherwise.to_string())
}
