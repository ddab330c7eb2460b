//! Versions and dependencies as Debian Policy defines them.

use std::cmp::Ordering;

use proptest::prelude::*;
use surtax::debian::{Operator, Version, parse_dependencies};

use crate::needs;

fn compare(one: &str, other: &str) -> Ordering {
    Version::new(one).cmp(&Version::new(other))
}

/// Answers of `dpkg --compare-versions` 1.21.
#[test]
fn versions_compare_as_dpkg_does() {
    let ascending = [
        "0",
        "1.0~~",
        "1.0~~a",
        "1.0~",
        "1.0~rc1-1",
        "1.0",
        "1.0-0.1",
        "1.0-1~bpo1",
        "1.0-1",
        "1.0-1+b1",
        "1.0-1+deb12u2",
        "1.0-1+deb12u10",
        "1.0a",
        "1.0+dfsg-1",
        "1.0.1",
        "1.2",
        "1.10",
        "1.10-1-1",
        "1:0.1",
        "2:0",
    ];
    for (at, one) in ascending.iter().enumerate() {
        for (other_at, other) in ascending.iter().enumerate() {
            assert_eq!(compare(one, other), at.cmp(&other_at), "{one} and {other}");
        }
    }
    for (one, other) in [("1.0", "1.0-0"), ("0:1", "1"), ("1.01", "1.1"), ("1.0", "1.00"), ("1a0", "1a")] {
        assert_eq!(compare(one, other), Ordering::Equal, "{one} and {other}");
    }
    assert_eq!(compare("99999999999999999999999", "100000000000000000000000"), Ordering::Less);
}

#[test]
fn the_machines_own_dpkg_agrees() {
    let Some(dpkg) = needs::tool("dpkg") else { return };
    let versions = ["1.0", "1.0~rc1", "1:0.9", "1.0-1", "1.0-1+b1", "1.0-1~bpo12+1", "2", "2.0a", "2.0+git", "2.0.1-3ubuntu1.2"];
    for one in versions {
        for other in versions {
            let output = assert_cmd::Command::new(&dpkg).args(["--compare-versions", one, "lt", other]).output().expect("dpkg starts");
            assert_eq!(compare(one, other) == Ordering::Less, output.status.success(), "{one} < {other}");
        }
    }
}

#[test]
fn dependencies_are_read_with_all_their_ornaments() {
    let groups = parse_dependencies("a, b (>= 1:2~) | c:any, d [!amd64], e [amd64 i386] (<< 3) <!nocheck>, f [linux-any],, g(=1)", "amd64");
    let shown: Vec<_> = groups.iter().map(|group| group.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")).collect();
    assert_eq!(shown, ["a", "b (>= 1:2~) | c", "e (<< 3)", "f", "g (= 1)"]);
    assert_eq!(groups[1][0].version.as_ref().map(|(operator, _)| *operator), Some(Operator::LaterOrEqual));
}

#[test]
fn a_provided_name_meets_a_version_only_if_it_has_one() {
    let one = |text: &str| parse_dependencies(text, "amd64")[0][0].clone();
    assert!(one("libc-dev").accepts_provided(&one("libc-dev")));
    assert!(!one("libc-dev (>= 1)").accepts_provided(&one("libc-dev")));
    assert!(one("libc-dev (>= 1)").accepts_provided(&one("libc-dev (= 2)")));
    assert!(!one("libc-dev (>= 3)").accepts_provided(&one("libc-dev (= 2)")));
    assert!(!one("other").accepts_provided(&one("libc-dev")));
}

fn version() -> impl Strategy<Value = String> {
    "([0-9]{1,2}:)?[0-9][0-9a-z.+~]{0,8}(-[0-9a-z.+~]{1,5})?"
}

proptest! {
    #[test]
    fn the_order_of_versions_is_an_order(one in version(), two in version(), three in version()) {
        prop_assert_eq!(compare(&one, &two), compare(&two, &one).reverse());
        prop_assert_eq!(compare(&one, &one), Ordering::Equal);
        if compare(&one, &two) != Ordering::Greater && compare(&two, &three) != Ordering::Greater {
            prop_assert_ne!(compare(&one, &three), Ordering::Greater);
        }
    }

    #[test]
    fn a_tilde_comes_before_the_end_and_a_letter_after_it(base in "[0-9][0-9a-z.+]{0,8}") {
        let tilde = format!("{base}~1");
        let letter = format!("{base}a");
        prop_assert_eq!(compare(&tilde, &base), Ordering::Less);
        prop_assert_eq!(compare(&letter, &base), Ordering::Greater);
    }

    #[test]
    fn no_dependency_makes_the_parser_panic(text in "\\PC{0,80}|[a-z(\\[<>=|,: )\\]]{0,40}") {
        parse_dependencies(&text, "amd64");
    }
}
