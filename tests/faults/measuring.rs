//! That the measures of the other tests measure.

use hyper::Method;
use serde_json::json;

use crate::support::cli::Served;
use crate::support::database::on_both;
use crate::support::measure::{CEILING, MEMORY_OF_ANY_MIX, MEMORY_OF_ONE_INPUT, beside};
use crate::support::server::{Client, record};

on_both! {
    /// Twenty registrations, and health beside them: far below every ceiling.
    async fn small_requests_cost_little(database) {
        let served = Served::on(&database, &[]);
        let mut client = Client::connect(served.address()).await;
        let ((), latencies) = beside(served.address(), "/health/live", async {
            for number in 0..20 {
                let body = json!({"schema": record(&format!("R{number}"), &[])});
                client.json(Method::POST, &format!("/subjects/s{number}/versions"), body).await.ok();
            }
        })
        .await;
        assert!(latencies.count() >= 1);
        assert!(latencies.p99() <= latencies.longest() && latencies.longest() <= CEILING, "{latencies:?}");
        #[cfg(target_os = "linux")]
        {
            let peak = served.peak();
            assert!(peak >= served.resident() / 2 && peak <= MEMORY_OF_ONE_INPUT && peak <= MEMORY_OF_ANY_MIX, "{peak}");
            assert!(peak > 1 << 20, "{peak}: a process has more than that");
        }
    }
}
