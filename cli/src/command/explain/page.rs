//! A page in Markdown as a terminal shows it: headings stand out, code is indented, the rest is as it was written.

use std::fmt::Write;

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const DIM: anstyle::Style = anstyle::Style::new().dimmed();

/// The page, with styles.
pub fn render(page: &str) -> String {
    let mut text = String::with_capacity(page.len() + 256);
    let mut in_code = false;
    for line in page.trim().lines() {
        // Writing to a String cannot fail.
        let _ = if let Some(language) = line.trim_start().strip_prefix("```") {
            in_code = !in_code;
            match language.split_whitespace().nth(1) {
                Some(role) if in_code => writeln!(text, "    {DIM}{role}:{DIM:#}"),
                _ => continue,
            }
        } else if in_code {
            writeln!(text, "    {line}")
        } else if line.starts_with('#') {
            writeln!(text, "{BOLD}{}{BOLD:#}", line.trim_start_matches('#').trim())
        } else {
            writeln!(text, "{line}")
        };
    }
    text
}
