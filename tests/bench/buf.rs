//! G15: two trees of `.proto` files against each other, beside buf: CPU, peak memory, and what both find.
//!
//! buf 1.75 and Google's files come from npm, into `target/tmp`, the first time that they are needed. The native program of
//! buf is started, not the script that starts it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::table::{Goal, Row, median};
use crate::turns::ratios;
use crate::{Measured, REPETITIONS};

/// What a run of a program cost.
struct Cost {
    cpu: f64,
    peak: f64,
}

/// Two trees, the earlier one first.
struct Trees {
    old: PathBuf,
    new: PathBuf,
}

/// A thousand messages of twenty fields, some of them changed.
pub fn generated(_: bool) -> Measured<Vec<Row>> {
    let folder = folder("generated")?;
    let trees = Trees {
        old: folder.join("old"),
        new: folder.join("new"),
    };
    for (root, is_new) in [(&trees.old, false), (&trees.new, true)] {
        let package = root.join("acme");
        fs::create_dir_all(&package)?;
        for file in 0..100 {
            fs::write(package.join(format!("file_{file}.proto")), text(file, is_new))?;
        }
    }
    measure("1,000 generated messages", &trees, REPETITIONS, [0.12, 0.2])
}

/// Google's published files, one version against the next.
pub fn google(quick: bool) -> Measured<Vec<Row>> {
    let folder = folder("google")?;
    let trees = Trees {
        old: published(&folder, "5.0.3")?,
        new: published(&folder, "6.0.1")?,
    };
    leave_out(&trees)?;
    let repetitions = if quick { 1 } else { 3 };
    measure("google-proto-files 5.0.3 → 6.0.1", &trees, repetitions, [0.2, 0.1])
}

/// Ten messages, with references to each other.
fn text(file: usize, is_new: bool) -> String {
    let mut text = String::from("syntax = \"proto3\";\npackage acme;\n\n");
    for message in 0..10 {
        let number = file * 10 + message;
        text += &format!("message Event{number} {{\n");
        for field in 1..=20 {
            let kind = match field % 5 {
                0 if message > 0 => format!("Event{}", number - 1),
                1 => "int64".to_owned(),
                2 => "map<string, int32>".to_owned(),
                3 => "repeated bytes".to_owned(),
                _ => "string".to_owned(),
            };
            // One message in ten has a field of another type, one a field less.
            let kind = if is_new && message == 3 && field == 1 {
                "int32".to_owned()
            } else {
                kind
            };
            if !(is_new && message == 7 && field == 4) {
                text += &format!("  {kind} field_{field} = {field};\n");
            }
        }
        text += "}\n\n";
    }
    text
}

fn folder(name: &str) -> Measured<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("buf").join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// buf's native program.
fn buf() -> Measured<PathBuf> {
    let folder = folder("npm")?;
    let found = || -> Option<PathBuf> {
        let packages = fs::read_dir(folder.join("node_modules/@bufbuild")).ok()?;
        packages
            .flatten()
            .map(|entry| entry.path().join("bin/buf"))
            .find(|path| path.is_file() && !path.to_string_lossy().contains("@bufbuild/buf/"))
    };
    if let Some(program) = found() {
        return Ok(program);
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder)
        .arg("@bufbuild/buf@1.75.0");
    run(&mut npm)?;
    found().ok_or_else(|| "npm installed buf, but not its native program".into())
}

/// A version of Google's files, unpacked.
fn published(folder: &Path, version: &str) -> Measured<PathBuf> {
    let tree = folder.join(version);
    if !tree.join("package").is_dir() {
        fs::create_dir_all(&tree)?;
        let mut npm = Command::new("npm");
        npm.arg("pack")
            .arg(format!("google-proto-files@{version}"))
            .current_dir(&tree);
        run(&mut npm)?;
        let mut tar = Command::new("tar");
        tar.arg("-xzf")
            .arg(format!("google-proto-files-{version}.tgz"))
            .current_dir(&tree);
        run(&mut tar)?;
    }
    Ok(tree.join("package"))
}

fn run(command: &mut Command) -> Measured<()> {
    let output = command.stdin(Stdio::null()).output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// Takes files away that buf refuses, from both trees, until it refuses none.
fn leave_out(trees: &Trees) -> Measured<()> {
    let buf = buf()?;
    let mut refused = BTreeSet::new();
    for tree in [&trees.old, &trees.new] {
        left_out(tree, tree, &mut refused)?;
    }
    remove(trees, &refused)?;
    for _ in 0..50 {
        refused.clear();
        for tree in [&trees.old, &trees.new] {
            let output = Command::new(&buf)
                .args(["build", ".", "-o", "/dev/null", "--error-format", "json"])
                .current_dir(tree)
                .output()?;
            let lines = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            refused.extend(lines.lines().filter_map(|line| {
                let value: Value = serde_json::from_str(line).ok()?;
                Some(value.get("path")?.as_str()?.to_owned())
            }));
            if !output.status.success() && refused.is_empty() {
                return Err(format!("buf does not build {}: {lines}", tree.display()).into());
            }
        }
        if refused.is_empty() {
            return Ok(());
        }
        remove(trees, &refused)?;
    }
    Err("buf refuses ever more files".into())
}

/// Takes files away from both trees.
fn remove(trees: &Trees, paths: &BTreeSet<String>) -> Measured<()> {
    for path in paths {
        for path in [trees.old.join(path), trees.new.join(path)] {
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}

/// Files that one of both does not compare: with message sets, which buf builds and refuses only then, and of an edition that
/// is not read here.
fn left_out(root: &Path, folder: &Path, found: &mut BTreeSet<String>) -> Measured<()> {
    const LINES: [&str; 2] = ["option message_set_wire_format = true", "edition = \"2026\""];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            left_out(root, &path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "proto") {
            let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            if text
                .lines()
                .any(|line| LINES.iter().any(|start| line.trim_start().starts_with(start)))
            {
                found.insert(path.strip_prefix(root)?.to_string_lossy().into_owned());
            }
        }
    }
    Ok(())
}

/// Lets both judge the trees in turn.
fn measure(what: &str, trees: &Trees, repetitions: usize, limits: [f64; 2]) -> Measured<Vec<Row>> {
    let old = trees.old.to_str().ok_or("the path is not UTF-8")?;
    let buf = buf()?;
    let treaty = Path::new(env!("CARGO_BIN_EXE_treaty"));
    let config = r#"{"version":"v2","breaking":{"use":["FILE"]}}"#;
    let theirs = [
        "breaking",
        ".",
        "--against",
        old,
        "--error-format",
        "json",
        "--config",
        config,
    ];
    let ours = ["check", ".", "--against", old, "--category", "FILE", "--format", "json"];
    let mut costs: [Vec<Cost>; 2] = [Vec::new(), Vec::new()];
    let mut outputs = [Vec::new(), Vec::new()];
    for _ in 0..repetitions {
        for (side, (program, arguments)) in [(treaty, &ours), (buf.as_path(), &theirs)].into_iter().enumerate() {
            let (cost, output) = cost(program, arguments, &trees.new)?;
            costs[side].push(cost);
            outputs[side] = output;
        }
    }
    let found = [our_findings(&outputs[0])?, their_findings(&outputs[1])?];
    let (only_ours, only_theirs) = (
        found[0].difference(&found[1]).count(),
        found[1].difference(&found[0]).count(),
    );
    let findings = format!(
        "{} findings; {only_ours} only ours, {only_theirs} only buf's",
        found[1].len()
    );
    let cpu = costs
        .each_ref()
        .map(|side| side.iter().map(|cost| cost.cpu).collect::<Vec<f64>>());
    let peak = costs
        .each_ref()
        .map(|side| side.iter().map(|cost| cost.peak).collect::<Vec<f64>>());
    let amounts = |figures: &[Vec<f64>; 2], unit: &str, scale: f64| {
        let [ours, theirs] = figures.each_ref().map(|side| median(side) / scale);
        format!("ours {ours:.2} {unit}, buf {theirs:.2} {unit}")
    };
    Ok(vec![
        Row::ratio(
            "G15",
            format!("{what}: CPU, of buf's"),
            ratios(&cpu[0], &cpu[1]),
            Goal::AtMost(limits[0]),
        )
        .beside(format!("{}; {findings}", amounts(&cpu, "s", 1.0))),
        Row::ratio(
            "G15",
            format!("{what}: peak memory, of buf's"),
            ratios(&peak[0], &peak[1]),
            Goal::AtMost(limits[1]),
        )
        .beside(amounts(&peak, "MB", 1e6)),
    ])
}

/// CPU seconds and peak bytes of a program, and what it printed. Python asks the kernel: the standard library cannot.
fn cost(program: &Path, arguments: &[&str], folder: &Path) -> Measured<(Cost, Vec<u8>)> {
    const SCRIPT: &str = "\
import os, sys
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
used = os.wait4(pid, 0)[2]
sys.stderr.write(f'\\n{used.ru_utime + used.ru_stime} {used.ru_maxrss}')
";
    let output = Command::new("python3")
        .args(["-c", SCRIPT])
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = told.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = last.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [cpu, kilobytes] = numbers[..] else {
        return Err(format!("{} could not be measured: {told}", program.display()).into());
    };
    let cost = Cost {
        cpu,
        peak: kilobytes * 1024.0,
    };
    Ok((cost, output.stdout))
}

/// Path, line, column, rule and message of each finding: a file that is gone has no place.
type Findings = BTreeSet<(String, u64, u64, String, String)>;

fn our_findings(output: &[u8]) -> Measured<Findings> {
    let report: Value = serde_json::from_slice(output)?;
    let findings = report["subjects"][0]["findings"].as_array().ok_or("no findings")?;
    Ok(findings
        .iter()
        // What becomes of data beyond buf's rules is ours alone.
        .filter(|finding| finding["rule"].as_str().is_some_and(|rule| rule.starts_with("buf/")))
        .map(|finding| {
            // The place in the current tree: whoever is hurt reads with the earlier one, or with this.
            let place = match finding["breaks"].as_str() {
                Some("old-consumers") => &finding["writer"],
                _ => &finding["reader"],
            };
            let file = place["file"].as_str().unwrap_or_default();
            (
                file.trim_start_matches('.').trim_start_matches('/').to_owned(),
                place["line"].as_u64().unwrap_or_default(),
                place["column"].as_u64().unwrap_or_default(),
                finding["rule"]
                    .as_str()
                    .unwrap_or_default()
                    .trim_start_matches("buf/")
                    .to_owned(),
                finding["message"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect())
}

fn their_findings(output: &[u8]) -> Measured<Findings> {
    let mut findings = Findings::new();
    for line in String::from_utf8_lossy(output).lines() {
        let found: Value = serde_json::from_str(line)?;
        findings.insert((
            found["path"].as_str().unwrap_or_default().to_owned(),
            found["start_line"].as_u64().unwrap_or_default(),
            found["start_column"].as_u64().unwrap_or_default(),
            found["type"].as_str().unwrap_or_default().to_owned(),
            found["message"].as_str().unwrap_or_default().to_owned(),
        ));
    }
    Ok(findings)
}
