//! What the service does with a request.

use std::io;
use std::time::{Duration, Instant};

use serde_json::{json, Value};

use crate::http::{read_response, Request, Response};
use crate::metrics::Metrics;
use crate::net::{limit, TcpStream};

/// Asks the policy; an error where it gives no decision in time.
pub type Ask<'a> = &'a dyn Fn(&Value) -> io::Result<Value>;

pub fn handle(request: &Request, metrics: &mut Metrics, ask: Ask) -> Response {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/healthz") => Response::text(200, "ok\n"),
        ("GET", "/readyz") => Response::text(200, "ready\n"),
        ("GET", "/metrics") => Response {
            code: 200,
            kind: "text/plain; version=0.0.4",
            body: metrics.text(),
        },
        ("POST", "/orders") => {
            let began = Instant::now();
            let response = order(request, metrics, ask);
            metrics.request(response.code, began.elapsed());
            response
        }
        _ => Response::text(404, "not found\n"),
    }
}

fn order(request: &Request, metrics: &mut Metrics, ask: Ask) -> Response {
    if request.too_large {
        return failure(413, "the body is missing or too large");
    }
    let Ok(order) = serde_json::from_slice::<Value>(&request.body) else {
        return failure(400, "the body is no JSON");
    };
    let question =
        json!({"method": "POST", "path": request.path, "token": request.token, "order": order});
    let (decision, response) = match ask(&question) {
        Ok(answer) if answer["allow"] == true => {
            ("allow", Response::json(202, &json!({"accepted": true})))
        }
        Ok(answer) => (
            "deny",
            Response::json(403, &json!({"reasons": answer["reasons"]})),
        ),
        Err(error) => {
            eprintln!("no decision: {error}");
            ("none", failure(503, "the policy does not answer"))
        }
    };
    metrics.decision(decision);
    response
}

fn failure(code: u16, text: &str) -> Response {
    Response::json(code, &json!({ "error": text }))
}

/// Where the policy is asked: `http://host:port/path`.
pub struct Policy {
    authority: String,
    path: String,
    timeout: Duration,
}

impl Policy {
    pub fn new(url: &str, timeout: Duration) -> Option<Policy> {
        let (authority, path) = url.strip_prefix("http://")?.split_once('/')?;
        let authority = if authority.contains(':') {
            authority.to_string()
        } else {
            format!("{authority}:80")
        };
        Some(Policy {
            authority,
            path: format!("/{path}"),
            timeout,
        })
    }

    pub fn decide(&self, question: &Value) -> io::Result<Value> {
        let body = json!({ "input": question }).to_string();
        let mut stream = TcpStream::connect(self.authority.as_str())?;
        limit(&stream, self.timeout)?;
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.path,
            self.authority,
            body.len()
        );
        io::Write::write_all(&mut stream, head.as_bytes())?;
        io::Write::write_all(&mut stream, body.as_bytes())?;
        let mut answer: Value = serde_json::from_slice(&read_response(&mut stream)?)?;
        match answer["result"].take() {
            Value::Object(result) => Ok(Value::Object(result)),
            _ => Err(io::Error::other("the policy has no such decision")),
        }
    }
}
