//! TCP, from the standard library or from WasmEdge.

use std::io;
use std::time::Duration;

#[cfg(not(target_os = "wasi"))]
pub use std::net::{TcpListener, TcpStream};
#[cfg(target_os = "wasi")]
pub use wasmedge_wasi_socket::{TcpListener, TcpStream};

#[cfg(not(target_os = "wasi"))]
pub fn listen(address: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address)
}

#[cfg(target_os = "wasi")]
pub fn listen(address: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address, false)
}

#[cfg(not(target_os = "wasi"))]
pub fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    listener.accept().map(|(stream, _)| stream)
}

#[cfg(target_os = "wasi")]
pub fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    listener.accept(false).map(|(stream, _)| stream)
}

/// Lets no reader or writer wait longer: the one thread has others to serve.
#[cfg(not(target_os = "wasi"))]
pub fn limit(stream: &TcpStream, time: Duration) -> io::Result<()> {
    stream.set_read_timeout(Some(time))?;
    stream.set_write_timeout(Some(time))
}

#[cfg(target_os = "wasi")]
pub fn limit(stream: &TcpStream, time: Duration) -> io::Result<()> {
    stream.as_ref().set_recv_timeout(Some(time))?;
    stream.as_ref().set_send_timeout(Some(time))
}
