//! What stands at the top of a file.

use super::super::syntax::{File, Import, ImportKind, Syntax, Visibility};
use super::token::Token;
use super::{Parsed, Parser};

impl Parser<'_> {
    pub(super) fn file(&mut self, path: &str) -> File {
        let mut file = File {
            source: self.source.clone(),
            path: path.into(),
            syntax: Syntax::Proto2,
            syntax_span: None,
            package: None,
            imports: Vec::new(),
            options: Vec::new(),
            messages: Vec::new(),
            enums: Vec::new(),
            extends: Vec::new(),
            services: Vec::new(),
        };
        if matches!(self.word(), "syntax" | "edition") && self.syntax_statement(&mut file).is_err() {
            self.skip_statement();
        }
        while self.token.token != Token::End {
            if self.is_symbol(b'}') {
                self.problem(self.token.span, "this `}` closes nothing", None);
                self.advance();
            } else if !self.take_symbol(b';') && self.top_level(&mut file).is_err() {
                self.depth = 0;
                self.skip_statement();
            }
        }
        file
    }

    fn syntax_statement(&mut self, file: &mut File) -> Parsed<()> {
        let start = self.token.span.start;
        let is_edition = self.word() == "edition";
        self.advance();
        self.symbol(b'=', None)?;
        let named = self.text_string(if is_edition { "an edition" } else { "a syntax" })?;
        self.syntax = match (is_edition, &*named.value) {
            (false, "proto2") => Syntax::Proto2,
            (false, "proto3") => Syntax::Proto3,
            (true, "2023") => Syntax::Edition(2023),
            (true, "2024") => Syntax::Edition(2024),
            (false, _) => {
                self.problem(
                    named.span,
                    format!("the syntax `{}` is not known", named.value),
                    Some("it is \"proto2\" or \"proto3\"; an edition is declared with `edition = \"2023\";`"),
                );
                self.give_up();
                return Err(super::Refused);
            }
            (true, _) => {
                self.problem(
                    named.span,
                    format!("the edition `{}` is not known", named.value),
                    Some("known editions are \"2023\" and \"2024\""),
                );
                self.give_up();
                return Err(super::Refused);
            }
        };
        self.semicolon()?;
        file.syntax = self.syntax;
        file.syntax_span = Some(self.since(start));
        Ok(())
    }

    fn top_level(&mut self, file: &mut File) -> Parsed<()> {
        let visibility = self.visibility();
        match self.word() {
            "message" => file.messages.push(self.message(visibility)?),
            "enum" => file.enums.push(self.enumeration(visibility)?),
            "extend" => file.extends.push(self.extend()?),
            "service" => file.services.push(self.service()?),
            "import" => file.imports.push(self.import()?),
            "option" => file.options.push(self.option_statement()?),
            "package" => self.package(file)?,
            "syntax" | "edition" => {
                return self.refuse(
                    self.token.span,
                    format!("the {} is declared too late", self.word()),
                    Some("it is the first statement of the file, and there is only one"),
                );
            }
            _ => {
                return self.unexpected(
                    "a declaration (`message`, `enum`, `service`, `extend`, `import`, `option`)",
                    None,
                );
            }
        }
        Ok(())
    }

    /// `export` or `local`, from edition 2024, with what they stand in front of.
    pub(super) fn visibility(&mut self) -> Option<(Visibility, usize)> {
        let visibility = match self.word() {
            "export" => Visibility::Export,
            "local" => Visibility::Local,
            _ => return None,
        };
        // A type may have such a name: `local.Order order = 1;`
        if self.peek() != Token::Identifier || !self.is_followed_by_declaration() {
            return None;
        }
        let span = self.advance().span;
        if self.syntax < Syntax::Edition(2024) {
            self.problem(
                span,
                format!("`{}` is known from edition 2024 only", self.text(span)),
                None,
            );
        }
        Some((visibility, span.start))
    }

    fn is_followed_by_declaration(&self) -> bool {
        let mut lexer = self.lexer;
        lexer
            .next()
            .is_ok_and(|lexeme| matches!(self.text(lexeme.span), "message" | "enum"))
    }

    fn import(&mut self) -> Parsed<Import> {
        let start = self.advance().span.start;
        let kind = match self.word() {
            "public" => ImportKind::Public,
            "weak" => ImportKind::Weak,
            "option" => ImportKind::Option,
            _ => ImportKind::Plain,
        };
        if kind != ImportKind::Plain {
            let span = self.advance().span;
            match (kind, self.syntax) {
                (ImportKind::Option, syntax) if syntax < Syntax::Edition(2024) => {
                    self.problem(span, "`import option` is known from edition 2024 only", None);
                }
                (ImportKind::Weak, Syntax::Edition(2024)) => {
                    self.problem(
                        span,
                        "edition 2024 has no weak imports",
                        Some("leave out `weak`, or import for options only with `import option`"),
                    );
                }
                _ => {}
            }
        }
        let path = self.text_string("the path of a file in quotes")?;
        self.semicolon()?;
        Ok(Import {
            path,
            kind,
            span: self.since(start),
        })
    }

    fn package(&mut self, file: &mut File) -> Parsed<()> {
        let start = self.advance().span.start;
        let name = self.dotted("the name of a package", false)?;
        self.semicolon()?;
        let span = self.since(start);
        if file.package.is_some() {
            let help = Some("move one part into another file");
            self.problem(span, "a second package; a file has one", help);
            return Ok(());
        }
        file.package = Some((name, span));
        Ok(())
    }
}
