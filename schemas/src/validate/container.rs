//! Object containers of Avro, record by record.

use std::io::{self, Read};
use std::ops::ControlFlow;

use super::run::Run;
use super::{LogicalTypes, Observer, Summary, described};
use crate::avro::data::container;
use crate::avro::{self, Limits, resolve};
use crate::options::{Options, Strictness};

/// Validates an object container against the schema that it carries itself. It is read in pieces, within the
/// limits of its language.
///
/// # Errors
/// As [`Validator::stream`]; of the kind `Unsupported` where the codec of the container is not known.
pub fn validate_container(
    mut input: impl Read,
    limits: &super::Limits,
    logical_types: LogicalTypes,
    observer: &mut dyn Observer,
) -> io::Result<Summary> {
    let mut run = Run::new(observer);
    let flow = stream(&mut input, None, &limits.avro, logical_types, &mut run)?;
    Ok(run.finish(flow))
}

pub(super) fn stream(
    input: &mut dyn Read,
    reader: Option<&avro::Schema>,
    limits: &Limits,
    logical_types: LogicalTypes,
    run: &mut Run<'_>,
) -> io::Result<ControlFlow<()>> {
    // What a container carries was accepted by its writer; whether it may be registered is another question.
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    let mut container = match container::Reader::open(input, &options, limits) {
        Ok(container) => match logical_types {
            LogicalTypes::Checked => container.with_logical_types(),
            LogicalTypes::Ignored => container,
        },
        Err(error) => return run.container_defect(error),
    };
    let writer = container.schema().clone();
    // Types of equal shape read each other, so that there is nothing to resolve.
    let written = writer.get(writer.root());
    let reader = reader.filter(|reader| {
        let wanted = reader.get(reader.root());
        wanted.shape != written.shape || !written.reads_itself
    });
    loop {
        let offset = container.offset();
        let mut visit = |object: container::Object<'_>| {
            run.records += 1;
            match reader.map(|reader| resolve(reader, &writer, object.bytes, limits)) {
                None | Some(Ok(_)) => match object.misfit {
                    Some(misfit) => run.defect(offset, None, described(&misfit.path, &misfit.message), None),
                    None => ControlFlow::Continue(()),
                },
                Some(Err(error)) => run.defect(offset, None, described(&error.path, &error.message), None),
            }
        };
        match container.visit_block(&mut visit) {
            Ok(None) => break,
            Ok(Some(ControlFlow::Break(()))) => return Ok(ControlFlow::Break(())),
            Ok(Some(ControlFlow::Continue(()))) => {}
            Err(error) => {
                if let ControlFlow::Break(()) = run.container_defect(error)? {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        run.progress(container.offset());
    }
    run.bytes = container.offset();
    Ok(ControlFlow::Continue(()))
}
