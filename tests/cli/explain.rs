//! `treaty explain`: the pages of the rules.

use expect_test::expect;

use crate::support::cli::Cli;

#[test]
fn a_page_is_shown_by_its_name_with_or_without_its_format() {
    let cli = Cli::new();
    let page = cli.run(&["explain", "avro/lossy-promotion"]);
    assert_eq!(page.code, 0);
    assert!(
        page.stdout.starts_with("A promotion loses digits\n\n"),
        "{}",
        page.stdout
    );
    assert!(page.stdout.contains("\nHow to fix it\n"), "{}", page.stdout);
    assert!(!page.stdout.contains("```"), "{}", page.stdout);
    assert_eq!(page.stdout, cli.run(&["explain", "lossy-promotion"]).stdout);
    let json = cli.run(&["explain", "lossy-promotion", "--format", "json"]).json();
    assert_eq!(json["rule"], "avro/lossy-promotion");
    assert!(json["page"].as_str().unwrap().starts_with("# A promotion loses digits"));
}

#[test]
fn every_rule_is_listed_and_has_a_page() {
    let cli = Cli::new();
    let listed = cli.run(&["explain", "--list", "--format", "json"]).json();
    let rules = listed.as_array().unwrap();
    assert_eq!(
        rules.len(),
        treaty_schemas::rules().count() + treaty_contracts::rules::ALL.len()
    );
    assert_eq!(cli.run(&["explain", "--list"]).stdout.lines().count(), rules.len());
    for rule in rules {
        let page = cli.run(&["explain", rule["rule"].as_str().unwrap()]);
        assert_eq!(page.code, 0);
        assert!(page.stdout.lines().count() > 3, "{rule}: {}", page.stdout);
    }
}

#[test]
fn a_slip_of_the_pen_is_understood() {
    let cli = Cli::new();
    expect![[r#"
        --- stderr
        error: there is no rule `avro/field-without-defualt`
         |
         = help: did you mean `avro/field-without-default`?
        --- exit 2
    "#]]
    .assert_eq(&cli.run(&["explain", "avro/field-without-defualt"]).transcript());
    expect![[r#"
        --- stderr
        error: there is no rule `purple`
         |
         = help: `treaty explain --list` lists all of them
        --- exit 2
    "#]]
    .assert_eq(&cli.run(&["explain", "purple"]).transcript());
    expect![[r#"
        --- stderr
        error: the following required arguments were not provided:
          <RULE>

        Usage: treaty explain <RULE>

        For more information, try '--help'.
        --- exit 2
    "#]]
    .assert_eq(&cli.run(&["explain"]).transcript());
}
