use std::cell::RefCell;
use std::io;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use serde_json::{json, Value};

use service::http::{read_request, read_response, write_response, Request, Response};
use service::metrics::Metrics;
use service::service::{handle, Policy};

fn post(path: &str, body: &str, token: &str) -> Request {
    let text = format!(
        "POST {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    read_request(text.as_bytes()).unwrap()
}

fn decide(question: &Value) -> io::Result<Value> {
    let allow = question["token"] == "good";
    Ok(json!({"allow": allow, "reasons": if allow { json!([]) } else { json!(["no customer"]) }}))
}

#[test]
fn an_order_that_the_policy_allows_is_taken() {
    let asked = RefCell::new(vec![]);
    let ask = |question: &Value| {
        asked.borrow_mut().push(question.clone());
        decide(question)
    };

    let response = handle(
        &post("/orders", r#"{"amountFen": 5}"#, "good"),
        &mut Metrics::default(),
        &ask,
    );

    assert_eq!(
        (202, "{\"accepted\":true}\n"),
        (response.code, response.body.as_str())
    );
    let question =
        json!({"method": "POST", "path": "/orders", "token": "good", "order": {"amountFen": 5}});
    assert_eq!(vec![question], asked.into_inner());
}

#[test]
fn an_order_that_it_refuses_is_not_and_the_reasons_are_told() {
    let response = handle(
        &post("/orders", "{}", "bad"),
        &mut Metrics::default(),
        &decide,
    );

    assert_eq!(
        (403, "{\"reasons\":[\"no customer\"]}\n"),
        (response.code, response.body.as_str())
    );
}

#[test]
fn without_a_decision_nothing_is_taken() {
    let silent = |_: &Value| Err(io::Error::other("gone"));

    assert_eq!(
        503,
        handle(
            &post("/orders", "{}", "good"),
            &mut Metrics::default(),
            &silent
        )
        .code
    );
}

#[test]
fn what_is_no_order_is_refused_without_asking() {
    let never = |_: &Value| -> io::Result<Value> { panic!("asked") };
    let codes = [
        ("/orders", "{"),
        ("/other", "{}"),
        ("/orders", &"x".repeat(70_000)),
    ]
    .map(|(path, body)| handle(&post(path, body, "good"), &mut Metrics::default(), &never).code);

    assert_eq!([400, 404, 413], codes);
}

#[test]
fn metrics_count_requests_and_have_a_bound_at_each_objective() {
    let mut metrics = Metrics::default();
    handle(&post("/orders", "{}", "good"), &mut metrics, &decide);
    handle(&post("/orders", "{}", "bad"), &mut metrics, &decide);

    let text = metrics.text();

    for line in [
        "http_requests_total{code=\"202\"} 1\n",
        "http_requests_total{code=\"403\"} 1\n",
        "policy_decisions_total{decision=\"deny\"} 1\n",
        "http_request_duration_seconds_bucket{le=\"0.02\"} ",
        "http_request_duration_seconds_bucket{le=\"0.1\"} ",
        "http_request_duration_seconds_count 2\n",
    ] {
        assert!(text.contains(line), "no {line} in {text}");
    }
}

#[test]
fn the_policy_is_asked_over_http() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "http://{}/v1/data/x/authz/decision",
        listener.local_addr().unwrap()
    );
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let request = read_request(&mut stream).unwrap();
        write_response(
            &mut stream,
            &Response::json(200, &json!({"result": {"allow": true}})),
        )
        .unwrap();
        request
    });

    let decision = Policy::new(&url, Duration::from_secs(2))
        .unwrap()
        .decide(&json!({"path": "/orders"}));

    assert_eq!(json!({"allow": true}), decision.unwrap());
    let request = server.join().unwrap();
    assert_eq!("/v1/data/x/authz/decision", request.path);
    assert_eq!(
        b"{\"input\":{\"path\":\"/orders\"}}",
        request.body.as_slice()
    );
}

#[test]
fn an_answer_may_come_in_chunks() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    assert_eq!(
        b"{\"a\":1}",
        read_response(format!("{head}3\r\n{{\"a\r\n4;x\r\n\":1}}\r\n0\r\n\r\n").as_bytes())
            .unwrap()
            .as_slice()
    );
    for broken in ["zz\r\n", "fffffff\r\n", "5\r\nab", "ffffffffffffffff\r\n"] {
        assert!(read_response(format!("{head}{broken}").as_bytes()).is_err());
    }
}
