//! Services and the messages that their methods take and give.

use rustc_hash::FxHashMap;

use super::{Linker, options};
use crate::protobuf::language::schema::{FileId, MessageId, Rpc, Service};
use crate::protobuf::language::syntax;
use crate::text::source::Span;

impl Linker {
    pub(super) fn declare_service(&mut self, file: FileId, name: Box<str>, tree: &syntax::Service) {
        let mut taken: FxHashMap<&str, Span> = FxHashMap::default();
        for rpc in &tree.rpcs {
            if let Some(earlier) = taken.insert(&rpc.name.value, rpc.name.span) {
                let message = format!("`{}` is declared twice in `{}`", rpc.name.value, tree.name.value);
                let help = format!("see {} too", self.place(file, earlier));
                self.problem(file, rpc.name.span, message, help);
            }
        }
        self.set.services.push(Service {
            name,
            file,
            rpcs: Vec::new(),
            options: options::kept(&tree.options),
            span: tree.span,
            name_span: tree.name.span,
        });
    }

    pub(super) fn link_service(&mut self, file: FileId, index: u32, tree: &syntax::Service) {
        let scope = self.set.services[index as usize].name.clone();
        let mut rpcs = Vec::with_capacity(tree.rpcs.len());
        for rpc in &tree.rpcs {
            let request = self.message_named(file, &scope, &rpc.request).unwrap_or(MessageId(0));
            let response = self.message_named(file, &scope, &rpc.response).unwrap_or(MessageId(0));
            rpcs.push(Rpc {
                name: rpc.name.value.clone(),
                request: (request, rpc.request.span),
                response: (response, rpc.response.span),
                client_streaming: rpc.client_streaming,
                server_streaming: rpc.server_streaming,
                options: options::kept(&rpc.options),
                span: rpc.span,
                name_span: rpc.name.span,
            });
        }
        self.set.services[index as usize].rpcs = rpcs;
    }
}
