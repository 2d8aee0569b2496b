//! Tests that need a process of their own: one that is killed, or one that watches everything it does.
//!
//! The child is this test binary again, running one ignored test, which finds its database in a variable.

use std::process::{Child, Command, Stdio};

/// The variable that names the child's database.
const DATABASE: &str = "TREATY_TEST_CHILD";

/// Starts the ignored test `name` on the database; its standard output is a pipe.
pub fn start(name: &str, url: &str) -> Child {
    Command::new(std::env::current_exe().expect("the path of this program"))
        .args(["--ignored", "--exact", name, "--nocapture"])
        .env(DATABASE, url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test binary starts")
}

/// In the child: its database. None when a person runs the ignored tests.
pub fn database() -> Option<String> {
    std::env::var(DATABASE).ok()
}
