//! Why a command could not be done, with the places that are wrong.

use crate::{Place, Texts};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer};
use treaty_schemas::{Line, Problem};

use super::excerpt;
use crate::plain;

/// Problems of one text that are shown in full.
const SHOWN: usize = 20;

/// A problem in one line. Of a text that is not to be shown, its place alone: what is wrong with it would repeat words of it.
pub fn line(problem: &Problem) -> String {
    match problem.source.is_withheld() {
        true => format!(
            "`{}` cannot be understood, at {}; it lies outside, so nothing of it is shown",
            problem.source.name(),
            problem.point()
        ),
        false => problem.to_string(),
    }
}

/// A message with a way out, without a line end.
pub fn message(message: &Line, help: Option<&Line>) -> String {
    let mut group = Group::with_title(Level::ERROR.primary_title(plain(message)));
    if let Some(help) = help {
        group = group.element(Level::HELP.message(plain(help)));
    }
    Renderer::styled().render(&[group])
}

/// Problems with their places, without a line end. `help` is for those that have none of their own.
pub fn render(problems: &[Problem], help: Option<&Line>) -> String {
    let mut parts = Vec::new();
    let mut texts = Texts::default();
    for problem in problems.iter().take(SHOWN) {
        if problem.source.is_withheld() {
            let line = line(problem);
            let group = Group::with_title(Level::ERROR.primary_title(plain(&line)));
            parts.push(Renderer::styled().render(&[group]));
            continue;
        }
        let place = Place::of(problem, &mut texts);
        let mut group = Level::ERROR
            .primary_title(plain(&problem.message))
            .element(excerpt::draw(&place, AnnotationKind::Primary, 0));
        if let Some(help) = problem.help.as_ref().or(help) {
            group = group.element(Level::HELP.message(plain(help)));
        }
        parts.push(excerpt::render(group, &[&place]));
    }
    if let Some(more) = problems.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        parts.push(format!("… and {more} more problems"));
    }
    parts.join("\n\n")
}
