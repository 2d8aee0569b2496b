//! What is said of a service that both trees have: its methods, what they take and give, how they stream.

use rustc_hash::FxHashMap;

use super::annotation::{Annotations, Place};
use super::element::Element;
use super::rules;
use crate::protobuf::judgement::side::Of;
use crate::protobuf::language::names::simple;
use crate::protobuf::language::schema::{MessageId, Rpc, Service};
use crate::text::source::Span;

const IDEMPOTENCY: &str = "idempotency_level";

pub(super) fn check(found: &mut Annotations<'_>, now: &Service, before: &Service) {
    let present: FxHashMap<&str, &Rpc> = now.rpcs.iter().map(|rpc| (&*rpc.name, rpc)).collect();
    for was in &before.rpcs {
        match present.get(&*was.name) {
            Some(is) => rpc(found, (now, is), (before, was)),
            None => {
                let places = (Place::span(now.file, now.span), Place::span(before.file, before.span));
                found.add(
                    &rules::RPC_NO_DELETE,
                    Element::Service,
                    Some(places.0),
                    Some(places.1),
                    || {
                        let service = simple(&now.name);
                        format!(
                            "Previously present RPC \"{}\" on service \"{service}\" was deleted.",
                            was.name
                        )
                    },
                );
            }
        }
    }
}

fn rpc(found: &mut Annotations<'_>, (service, now): (&Service, &Rpc), (earlier, before): (&Service, &Rpc)) {
    let at = |span: Span| Some(Place::span(service.file, span));
    let was_at = |span: Span| Some(Place::span(earlier.file, span));
    let reported = |what: String| {
        format!(
            "RPC \"{}\" on service \"{}\" changed {what}.",
            now.name,
            simple(&service.name)
        )
    };

    let word = |streams: bool| if streams { "streaming" } else { "unary" };
    for (rule, side, is, was) in [
        (
            &rules::RPC_SAME_CLIENT_STREAMING,
            "client",
            now.client_streaming.is_some(),
            before.client_streaming.is_some(),
        ),
        (
            &rules::RPC_SAME_SERVER_STREAMING,
            "server",
            now.server_streaming.is_some(),
            before.server_streaming.is_some(),
        ),
    ] {
        if is != was {
            found.add(rule, Element::Service, at(now.span), was_at(before.span), || {
                reported(format!("from {side} {} to {side} {}", word(was), word(is)))
            });
        }
    }
    let (current, previous) = (found.current.set, found.previous.set);
    let name = |id: MessageId| &*current.message(id).name;
    let old_name = |id: MessageId| &*previous.message(id).name;
    for (rule, what, (is, span), (was, old_span)) in [
        (&rules::RPC_SAME_REQUEST_TYPE, "request", now.request, before.request),
        (
            &rules::RPC_SAME_RESPONSE_TYPE,
            "response",
            now.response,
            before.response,
        ),
    ] {
        if name(is) != old_name(was) {
            let element = Element::Call {
                previous: Of::new(was),
                current: Of::new(is),
            };
            found.add(rule, element, at(span), was_at(old_span), || {
                reported(format!("{what} type from \"{}\" to \"{}\"", old_name(was), name(is)))
            });
        }
    }
    let (is, was) = (now.options.get(IDEMPOTENCY), before.options.get(IDEMPOTENCY));
    let (level, old_level) = (
        is.map_or("IDEMPOTENCY_UNKNOWN", |option| &option.value),
        was.map_or("IDEMPOTENCY_UNKNOWN", |option| &option.value),
    );
    if level != old_level {
        let places = (
            Place::of(service.file, is.map(|option| option.span)),
            Place::of(earlier.file, was.map(|option| option.span)),
        );
        found.add(
            &rules::RPC_SAME_IDEMPOTENCY_LEVEL,
            Element::Service,
            Some(places.0),
            Some(places.1),
            || reported(format!("option \"{IDEMPOTENCY}\" from \"{old_level}\" to \"{level}\"")),
        );
    }
}
