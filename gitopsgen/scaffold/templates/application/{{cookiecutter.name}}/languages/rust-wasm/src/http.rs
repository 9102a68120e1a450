//! As much of HTTP/1.1 as the service speaks: one request a connection, bodies of known length.

use std::io::{self, BufRead, BufReader, Read, Write};

pub const LARGEST_BODY: usize = 64 * 1024;
const LARGEST_HEAD: u64 = 16 * 1024;

#[derive(Debug, Default, PartialEq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub token: String,
    pub body: Vec<u8>,
    pub too_large: bool,
}

#[derive(Debug, PartialEq)]
pub struct Response {
    pub code: u16,
    pub kind: &'static str,
    pub body: String,
}

impl Response {
    pub fn text(code: u16, body: &str) -> Self {
        Response {
            code,
            kind: "text/plain",
            body: body.to_string(),
        }
    }

    pub fn json(code: u16, document: &serde_json::Value) -> Self {
        Response {
            code,
            kind: "application/json",
            body: format!("{document}\n"),
        }
    }
}

pub fn read_request(stream: impl Read) -> io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let (first, headers) = read_head(&mut reader)?;
    let mut words = first.split_whitespace();
    let mut request = Request {
        method: words.next().unwrap_or_default().to_string(),
        path: words.next().unwrap_or_default().to_string(),
        ..Request::default()
    };
    let token = header(&headers, "authorization").unwrap_or_default();
    request.token = token.strip_prefix("Bearer ").unwrap_or(token).to_string();
    let length = header(&headers, "content-length").unwrap_or("0");
    match length.parse::<usize>() {
        Ok(length) if length <= LARGEST_BODY => {
            request.body.resize(length, 0);
            reader.read_exact(&mut request.body)?;
        }
        _ => request.too_large = true,
    }
    Ok(request)
}

pub fn write_response(mut stream: impl Write, response: &Response) -> io::Result<()> {
    let Response { code, kind, body } = response;
    let reason = match code {
        200 => "OK",
        202 => "Accepted",
        _ => "Refused",
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {code} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    stream.flush()
}

/// Reads a response to its end; gives the body where the code is 200.
pub fn read_response(stream: impl Read) -> io::Result<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let (first, headers) = read_head(&mut reader)?;
    if first.split_whitespace().nth(1) != Some("200") {
        return Err(io::Error::other(format!("the policy answers {first}")));
    }
    if header(&headers, "transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    {
        return read_chunks(&mut reader);
    }
    let length = header(&headers, "content-length").and_then(|text| text.parse::<usize>().ok());
    match length {
        Some(length) if length <= LARGEST_BODY => {
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            Ok(body)
        }
        _ => Err(io::Error::other(
            "the policy's answer has no length, or is too long",
        )),
    }
}

fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = vec![];
    loop {
        let mut line = String::new();
        reader.take(LARGEST_HEAD).read_line(&mut line)?;
        let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16);
        let size = size.ok().filter(|size| *size <= LARGEST_BODY - body.len());
        let size =
            size.ok_or_else(|| io::Error::other("the policy's answer is broken, or too long"))?;
        if size == 0 {
            return Ok(body);
        }
        let start = body.len();
        body.resize(start + size, 0);
        reader.read_exact(&mut body[start..])?;
        reader.read_exact(&mut [0; 2])?; // the end of the line
    }
}

type Headers = Vec<(String, String)>;

fn read_head(reader: &mut impl BufRead) -> io::Result<(String, Headers)> {
    let mut limited = reader.take(LARGEST_HEAD);
    let mut first = String::new();
    limited.read_line(&mut first)?;
    let mut headers = Headers::new();
    loop {
        let mut line = String::new();
        limited.read_line(&mut line)?;
        if !line.ends_with('\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.push((name.to_ascii_lowercase(), value.trim().to_string()))
            }
            None => return Ok((first.trim_end().to_string(), headers)),
        }
    }
}

fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}
