//! The report over two trees: what the rules find, each with what data shows of it, and then what data shows beyond.

use std::collections::HashSet;

use treaty_schemas::protobuf::breaking::{Annotation, Element, Extent, Place};
use treaty_schemas::protobuf::check::tree::{Harm, Proof, Proofs};
use treaty_schemas::protobuf::schema::FileSet;
use treaty_schemas::protobuf::side::{Files, Previous};
use treaty_schemas::{At, DataPath, Direction, Evidence, Label, Line, Mode, Severity, Source, Span, Verdict, finding};

use crate::{Breaks, Consequence, Finding, FindingBuilder, Omitted, RuleSets, Scope, Subject, Texts};

/// A tree of `.proto` files that was judged against an earlier one.
pub struct JudgedTree<'a> {
    /// The subject that the tree is for, if one is named.
    pub subject: Option<&'a str>,
    /// Whose rules, in words.
    pub rules: &'a str,
    /// Which directions count.
    pub mode: Mode,
    /// Whether data decides too.
    pub is_mode_asked_for: bool,
    /// What the rules find.
    pub annotations: &'a [Annotation],
    /// What data shows, where it was asked.
    pub proofs: Option<&'a Proofs>,
    /// The files of the current and of the previous tree.
    pub sets: [&'a FileSet; 2],
    /// What stands in place of a text where there is none.
    pub nowhere: &'a [Source; 2],
}

impl JudgedTree<'_> {
    /// The report.
    pub fn report(&self, name: &str) -> Subject {
        let mut texts = Texts::default();
        let mut files: HashSet<&str> = HashSet::new();
        let mut findings = Vec::with_capacity(self.annotations.len());
        let mut hurting = 0;
        for (index, annotation) in self.annotations.iter().enumerate() {
            let path = self.path(annotation);
            files.insert(path);
            let proof = self.proofs.and_then(|proofs| proofs.of.get(index));
            hurting += usize::from(harms(proof).iter().any(|harm| self.counts(harm)));
            findings.push(self.finding(annotation, proof, &mut texts));
        }
        let ruled = match findings.is_empty() {
            true => Verdict::Compatible,
            false => Verdict::Incompatible,
        };
        let places = findings.len();
        let beyond = self.proofs.map_or(&[][..], |proofs| &proofs.beyond);
        for harm in beyond.iter().filter(|harm| self.counts(harm)) {
            let breaks = harm.direction.into();
            findings.push(FindingBuilder::new(self.scope(), breaks, &harm.finding).build(&mut texts));
        }
        let semantic = self.proofs.map(|proofs| proofs.verdict(self.mode.directions()));
        let rule_sets = RuleSets {
            confluent: self.is_mode_asked_for.then_some(Verdict::Undecided),
            semantic: semantic.unwrap_or(Verdict::Undecided),
            buf: Some(ruled),
        };
        Subject {
            subject: name.into(),
            mode: self.is_mode_asked_for.then_some(self.mode),
            verdict: match (self.is_mode_asked_for, semantic) {
                (true, Some(semantic)) => ruled.max(semantic),
                _ => ruled,
            },
            rule_sets,
            summary: self
                .summary([places, files.len()], semantic, [hurting, findings.len() - places])
                .into(),
            against: Vec::new(),
            findings,
            undecided: self
                .proofs
                .and_then(|proofs| proofs.undecided.clone())
                .into_iter()
                .collect(),
            consumers: None,
            omitted: Omitted::default(),
        }
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            subject: self.subject.unwrap_or_default(),
            ..Scope::default()
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

    /// Whether somebody is hurt in a direction that is asked for.
    fn counts(&self, harm: &Harm) -> bool {
        harm.is_error() && self.mode.directions().contains(&harm.direction)
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

    fn finding(&self, annotation: &Annotation, proof: Option<&Proof>, texts: &mut Texts) -> Finding {
        let harms = harms(proof);
        let first = harms.first();
        let [current, previous] = self.places(annotation);
        let current = self.label(0, current, ["", "no longer here"]);
        let previous = self.label(1, previous, ["previously", "not here yet"]);
        let direction = first.map_or(Direction::Backward, |harm| harm.direction);
        let (reader, writer) = match direction {
            Direction::Backward => (current, previous),
            Direction::Forward => (previous, current),
        };
        let found = finding::Finding {
            rule: annotation.rule,
            effect: annotation.rule.effect,
            outcome: first.map_or(annotation.rule.outcome, |harm| harm.finding.outcome),
            severity: Severity::Error,
            message: annotation.message.clone(),
            reader,
            writer,
            help: help(annotation.rule).into(),
            evidence: match (proof, first) {
                (_, Some(harm)) => harm.finding.evidence.clone(),
                (Some(Proof::Unhurt(why)), _) => Evidence::Policy(why),
                (Some(Proof::Untold(why)), _) => Evidence::Omitted((*why).into()),
                _ => Evidence::None,
            },
            also: Vec::new(),
            never_written: false,
            data_path: first.map_or_else(Line::default, |harm| harm.finding.data_path.clone()),
            reader_path: DataPath::default(),
        };
        let consequences = harms
            .iter()
            .map(|harm| Consequence::new(Breaks::from(harm.direction), &harm.finding));
        FindingBuilder::new(self.scope(), direction.into(), &found)
            .consequences(consequences.collect())
            .about(self.element(annotation.element))
            .build(texts)
    }

    /// A place, or the directory where there is none; `notes` say what it is and what it is not.
    fn label(&self, side: usize, place: Option<Place>, notes: [&str; 2]) -> Label {
        let (source, extent, note) = match place {
            Some(place) => (&self.sets[side].file(place.file).source, place.extent, notes[0]),
            None => (&self.nowhere[side], Extent::File, notes[1]),
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

    /// For instance `buf's rules forbid this in 3 places of one file; data is hurt in 2 of them`.
    fn summary(&self, [places, files]: [usize; 2], semantic: Option<Verdict>, [hurting, beyond]: [usize; 2]) -> String {
        let rules = self.rules;
        let ruled = match (places, files) {
            (0, _) => format!("{rules} allow this"),
            (1, _) => format!("{rules} forbid this in one place"),
            (places, 1) => format!("{rules} forbid this in {places} places of one file"),
            (places, files) => format!("{rules} forbid this in {places} places of {files} files"),
        };
        let more = match beyond {
            1 => "one place".to_owned(),
            more => format!("{more} places"),
        };
        let number = |number: usize| match number {
            1 => "one".to_owned(),
            number => number.to_string(),
        };
        let told = match (semantic, places, hurting, beyond) {
            (None, ..) => return ruled,
            (Some(Verdict::Compatible), ..) => "no data is hurt".to_owned(),
            (Some(Verdict::Undecided), ..) => "whether data is hurt could not be decided".to_owned(),
            (_, 0, ..) => return format!("{ruled}, but data is hurt in {more}"),
            (_, _, 0, _) => format!("data is hurt in {more} that they allow"),
            (_, 1, _, 0) => "data is hurt there".to_owned(),
            (_, _, all, 0) if all == places => "data is hurt in all of them".to_owned(),
            (_, _, some, 0) => format!("data is hurt in {} of them", number(some)),
            (_, 1, ..) => format!("data is hurt there, and in {more} that they allow"),
            (_, _, some, _) => format!(
                "data is hurt in {} of them, and in {more} that they allow",
                number(some)
            ),
        };
        format!("{ruled}; {told}")
    }
}

/// What becomes of data by what an annotation is about.
fn harms(proof: Option<&Proof>) -> &[Harm] {
    match proof {
        Some(Proof::Hurt(harms)) => harms,
        _ => &[],
    }
}

/// The first sentence of the part of the rule's page that says how to mend it.
fn help(rule: &finding::Rule) -> String {
    let part = rule.page.split("## How to fix it\n\n").nth(1).unwrap_or_default();
    let paragraph = part.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let sentence = paragraph.split(". ").next().unwrap_or_default();
    let mut letters = sentence.trim_end_matches('.').chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
