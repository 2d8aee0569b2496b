//! Services and their methods.

use super::super::syntax::{Name, OptionEntry, Rpc, Service};
use super::{Parsed, Parser};
use crate::text::source::Span;

impl Parser<'_> {
    pub(super) fn service(&mut self) -> Parsed<Service> {
        let start = self.advance().span.start;
        let name = self.name("the service's name")?;
        let mut service = Service {
            span: name.span,
            name,
            rpcs: Vec::new(),
            options: Vec::new(),
        };
        let what = format!("service `{}`", service.name.value);
        self.block(&what, |parser| {
            match parser.word() {
                "option" => service.options.push(parser.option_statement()?),
                "rpc" => service.rpcs.push(parser.rpc()?),
                _ => return parser.unexpected("`rpc` or `option`", None),
            }
            Ok(())
        })?;
        service.span = self.since(start);
        Ok(service)
    }

    fn rpc(&mut self) -> Parsed<Rpc> {
        let start = self.advance().span.start;
        let name = self.name("the method's name")?;
        let (client_streaming, request) = self.rpc_type("request")?;
        if !self.take_word("returns") {
            return self.unexpected("`returns`", Some("rpc Get (GetRequest) returns (GetResponse);"));
        }
        let (server_streaming, response) = self.rpc_type("response")?;
        let mut options: Vec<OptionEntry> = Vec::new();
        if self.is_symbol(b'{') {
            let what = format!("rpc `{}`", name.value);
            self.block(&what, |parser| {
                if parser.word() != "option" {
                    return parser.unexpected("`option`", None);
                }
                options.push(parser.option_statement()?);
                Ok(())
            })?;
        } else {
            self.semicolon()?;
        }
        Ok(Rpc {
            name,
            request,
            response,
            client_streaming,
            server_streaming,
            options,
            span: self.since(start),
        })
    }

    fn rpc_type(&mut self, what: &str) -> Parsed<(Option<Span>, Name)> {
        self.symbol(b'(', None)?;
        let streaming = (self.word() == "stream").then(|| self.advance().span);
        let name = self.dotted(&format!("the {what}'s message"), true)?;
        self.symbol(b')', None)?;
        Ok((streaming, name))
    }
}
