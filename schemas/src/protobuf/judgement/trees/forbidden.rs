//! What one of buf's rules found, with what data shows of it, as a finding.

use crate::data_path::DataPath;
use crate::finding::{At, Evidence, Finding, Label, Severity};
use crate::mode::Direction;
use crate::protobuf::judgement::breaking::{Annotation, Element, Extent, Place, help};
use crate::protobuf::judgement::check::tree::DataVerdict;
use crate::protobuf::judgement::side::{Files, Previous};
use crate::protobuf::language::schema::FileSet;
use crate::text::shown::Line;
use crate::text::source::{Source, Span};
use crate::tree::{Consequence, Forbidden};

/// Describes what was found in two trees.
pub(super) struct Describer<'a> {
    /// The files of the current and of the previous tree.
    pub sets: [&'a FileSet; 2],
    /// What stands in place of a text where there is none.
    pub missing_source: &'a [Source; 2],
}

impl Describer<'_> {
    /// What a rule found, with what data shows of it where that was asked.
    pub fn forbidden(&self, annotation: &Annotation, verdict: Option<DataVerdict>) -> Forbidden {
        let (consequences, why): (Vec<Consequence>, Evidence) = match verdict {
            Some(DataVerdict::Affected(consequences)) => (consequences, Evidence::None),
            Some(DataVerdict::Unaffected(why)) => (Vec::new(), Evidence::Policy(why)),
            Some(DataVerdict::Unknown(why)) => (Vec::new(), Evidence::Omitted(why.into())),
            None => (Vec::new(), Evidence::None),
        };
        let first = consequences.first();
        let [current, previous] = self.places(annotation);
        let current = self.label(0, current, ["", "no longer here"]);
        let previous = self.label(1, previous, ["previously", "not here yet"]);
        let direction = first.map_or(Direction::Backward, |consequence| consequence.direction);
        let (reader, writer) = direction.reader_and_writer(current, previous);
        Forbidden {
            finding: Finding {
                rule: annotation.rule,
                effect: annotation.rule.effect,
                outcome: first.map_or(annotation.rule.outcome, |consequence| consequence.finding.outcome),
                severity: Severity::Error,
                message: annotation.message.clone(),
                reader,
                writer,
                help: help(annotation, self.sets[0], self.sets[1]).into(),
                evidence: first.map_or(why, |consequence| consequence.finding.evidence.clone()),
                also: Vec::new(),
                never_written: false,
                data_path: first.map_or_else(Line::default, |consequence| consequence.finding.data_path.clone()),
                reader_path: DataPath::default(),
            },
            direction,
            about: self.element(annotation.element),
            file: self.path(annotation).into(),
            consequences,
        }
    }

    /// The full name of what an annotation is about. A file has none: it is known by its package.
    fn element(&self, element: Element) -> String {
        let set = self.sets[1];
        let previous = Files::<Previous>::new(set);
        match element {
            Element::File(file) | Element::Package(file) => previous.file(file).package.to_string(),
            Element::Message(message) | Element::Call { previous: message, .. } => {
                previous.message(message).name.to_string()
            }
            Element::Field(message, number) => format!("{}.{number}", previous.message(message).name),
            Element::Oneof(message, index) => {
                let message = previous.message(message);
                let oneof = message.oneofs.get(index as usize).map(|oneof| &*oneof.name);
                format!("{}.{}", message.name, oneof.unwrap_or_default())
            }
            Element::Enum(id) => set.enumeration(previous.own(id)).name.to_string(),
            Element::Value(id, number) => format!("{}.{number}", set.enumeration(previous.own(id)).name),
            Element::Service => String::new(),
        }
    }

    /// The places of an annotation in the current and in the previous tree.
    fn places(&self, annotation: &Annotation) -> [Option<Place>; 2] {
        let (current, previous) = (Files::new(self.sets[0]), Files::new(self.sets[1]));
        [
            annotation.current.map(|place| current.own(place)),
            annotation.previous.map(|place| previous.own(place)),
        ]
    }

    /// The file that an annotation is about.
    fn path(&self, annotation: &Annotation) -> &str {
        let mut paths = self.sets.into_iter().zip(self.places(annotation));
        let first = paths.find_map(|(set, place)| Some(&*set.file(place?.file).path));
        first.unwrap_or_default()
    }

    /// A place, or the directory where there is none; `notes` say what it is and what it is not.
    fn label(&self, side: usize, place: Option<Place>, notes: [&str; 2]) -> Label {
        let (source, extent, note) = match place {
            Some(place) => (&self.sets[side].file(place.file).source, place.extent, notes[0]),
            None => (&self.missing_source[side], Extent::File, notes[1]),
        };
        Label {
            source: source.clone(),
            at: At::Span(match extent {
                Extent::File => Span::default(),
                Extent::Span(span) => span,
            }),
            note: note.into(),
        }
    }
}
