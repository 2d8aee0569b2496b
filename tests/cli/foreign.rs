//! What answers is no registry, or not the one that was meant: never a finding, a panic or a hang.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, Ran};

/// Runs `treaty subjects` against something that answers one request with these bytes. The run, and the request.
fn against(answer: &'static [u8], userinfo: &str) -> (Ran, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 1024];
        while !request.ends_with(b"\r\n\r\n") {
            let read = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..read]);
        }
        sender.send(String::from_utf8(request).unwrap()).unwrap();
        // Whoever asked may have gone before the end.
        let _ = stream.write_all(answer);
    });
    let cli = Cli::new()
        .variable("TREATY_REGISTRY", &format!("http://{userinfo}{address}"))
        .variable("HTTP_PROXY", "http://127.0.0.1:1")
        .redact(&address.to_string(), "REGISTRY");
    let ran = cli.run(&["subjects"]);
    thread.join().unwrap();
    (ran, receiver.recv().unwrap())
}

fn told(answer: &'static [u8], expected: Expect) {
    let (ran, _) = against(answer, "");
    expected.assert_eq(&ran.transcript());
}

#[test]
fn answers_that_no_registry_gives() {
    told(
        b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<html></html>",
        expect![[r#"
        --- stderr
        error: what runs at http://REGISTRY answered 200 OK and a body that is not understood: expected value at line 1 column 1
         |
         = help: is it a schema registry? name the right one with --registry or TREATY_REGISTRY
        --- exit 3
    "#]],
    );
    told(
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        expect![[r#"
        --- stderr
        error: what runs at http://REGISTRY answered 200 OK and a body that is not understood: invalid type: map, expected a sequence at line 1 column 0
         |
         = help: is it a schema registry? name the right one with --registry or TREATY_REGISTRY
        --- exit 3
    "#]],
    );
    told(
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[\"a\"",
        expect![[r#"
        --- stderr
        error: could not reach the registry at http://REGISTRY: end of file before message length reached
         |
         = help: start one with `treaty serve`, or name another with --registry or TREATY_REGISTRY
        --- exit 3
    "#]],
    );
    told(
        b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 4\r\n\r\nnope",
        expect![[r#"
        --- stderr
        error: what runs at http://REGISTRY answered 502 Bad Gateway without the body of an error
         |
         = help: is it a schema registry? name the right one with --registry or TREATY_REGISTRY
        --- exit 3
    "#]],
    );
    told(
        b"SSH-2.0-OpenSSH_9.2\r\n",
        expect![[r#"
        --- stderr
        error: could not reach the registry at http://REGISTRY: invalid HTTP version parsed
         |
         = help: start one with `treaty serve`, or name another with --registry or TREATY_REGISTRY
        --- exit 3
    "#]],
    );
    told(
        b"",
        expect![[r#"
        --- stderr
        error: could not reach the registry at http://REGISTRY: connection closed before message completed
         |
         = help: start one with `treaty serve`, or name another with --registry or TREATY_REGISTRY
        --- exit 3
    "#]],
    );
}

#[test]
fn refusals_of_access_are_no_findings() {
    told(
        b"HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n{\"error_code\":401,\"message\":\"Who are you then?\"}",
        expect![[r#"
            --- stderr
            error: the registry at http://REGISTRY answered 401: Who are you then?
             |
             = help: give user and password in the registry's URL: http://USER:PASSWORD@HOST
            --- exit 3
        "#]],
    );
    told(
        b"HTTP/1.1 500 Error\r\nconnection: close\r\n\r\n{\"error_code\":50001,\"message\":\"The disk is gone\"}",
        expect![[r#"
            --- stderr
            error: the registry at http://REGISTRY answered 50001: The disk is gone
            --- exit 3
        "#]],
    );
}

#[test]
fn names_from_outside_do_not_steer_the_terminal() {
    told(
        b"HTTP/1.1 200 OK\r\ncontent-length: 24\r\n\r\n[\"a\\u001b[2J\\nb\\u202ec\"]",
        expect![[r#"
        a\u{1b}[2J\u{a}b\u{202e}c
        --- exit 0
    "#]],
    );
}

#[test]
fn user_and_password_are_sent_and_not_shown() {
    let (ran, request) = against(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", "me:s%3Acret%20@");
    assert_eq!(ran.code, 0, "{}", ran.transcript());
    // "me:s:cret " in base64.
    assert!(
        request.to_lowercase().contains("authorization: basic bwu6czpjcmv0ia=="),
        "{request}"
    );
    let (ran, _) = against(b"", "me:secret@");
    assert_eq!(ran.code, 3);
    assert!(!ran.stderr.contains("secret"), "{}", ran.stderr);
}
