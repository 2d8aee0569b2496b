//! Edits of services, method by method.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Walk;
use super::declared::within;
use crate::change::ChangeKind;
use crate::protobuf::judgement::check::label::label;
use crate::protobuf::language::schema::{FileSet, Rpc, Schema, Service};
use crate::text::source::Span;

impl<'s> Walk<'s> {
    /// Tells what differs between the services of the main files.
    pub(super) fn services(&mut self, old: &'s Schema, new: &'s Schema) {
        let of = |schema: &'s Schema| -> Vec<&'s Service> {
            let services = schema.main().services.iter();
            services
                .filter_map(|index| schema.set.services.get(*index as usize))
                .collect()
        };
        let (before, after) = (of(old), of(new));
        for service in &before {
            let name = within(self.old, &service.name);
            match after.iter().find(|other| within(self.new, &other.name) == name) {
                Some(other) => self.rpcs(service, other),
                None => {
                    let at = label(self.old, service.file, service.span, "");
                    self.record(
                        ChangeKind::Removed,
                        "",
                        format!("service `{name}` removed"),
                        Some(at),
                        None,
                    );
                }
            }
        }
        for service in after {
            let name = within(self.new, &service.name);
            if before.iter().all(|other| within(self.old, &other.name) != name) {
                let at = label(self.new, service.file, service.span, "");
                self.record(ChangeKind::Added, "", format!("service `{name}` added"), None, Some(at));
            }
        }
    }

    fn rpcs(&mut self, before: &'s Service, after: &'s Service) {
        let known: FxHashMap<&str, _> = after.rpcs.iter().map(|rpc| (&*rpc.name, rpc)).collect();
        let earlier: FxHashSet<&str> = before.rpcs.iter().map(|rpc| &*rpc.name).collect();
        for rpc in &before.rpcs {
            let at = label(self.old, before.file, rpc.span, "");
            let Some(other) = known.get(&*rpc.name) else {
                let message = format!("method `{}` removed", rpc.name);
                self.record(ChangeKind::Removed, "", message, Some(at), None);
                continue;
            };
            let reported = |set: &FileSet, rpc: &Rpc| {
                let stream = |span: Option<Span>| if span.is_some() { "stream " } else { "" };
                format!(
                    "({}{}) returns ({}{})",
                    stream(rpc.client_streaming),
                    within(set, &set.message(rpc.request.0).name),
                    stream(rpc.server_streaming),
                    within(set, &set.message(rpc.response.0).name)
                )
            };
            let (was, is) = (reported(self.old, rpc), reported(self.new, other));
            if was != is {
                let message = format!("method `{}` {was} becomes {is}", rpc.name);
                let now = label(self.new, after.file, other.span, "");
                self.record(ChangeKind::Changed, "", message, Some(at), Some(now));
            }
        }
        for rpc in after.rpcs.iter().filter(|rpc| !earlier.contains(&*rpc.name)) {
            let at = label(self.new, after.file, rpc.span, "");
            self.record(
                ChangeKind::Added,
                "",
                format!("method `{}` added", rpc.name),
                None,
                Some(at),
            );
        }
    }
}
