//! What is read of machines that are not this one: their /proc and /sys as text, laid out below a folder; what is said of them.

use std::path::Path;
use std::time::Duration;

use surtax::report::{Seen, Today, machine, unsaid, well};
use surtax::run::{Conditions, Environment};

/// `== /path` begins a file, `== /path/` is a folder; a line that begins with `#` before the first is a remark.
fn laid_out(text: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    for part in text.split("== /").skip(1) {
        let (path, content) = part.split_once('\n').unwrap_or((part, ""));
        let place = root.path().join(path);
        if path.ends_with('/') {
            std::fs::create_dir_all(place).expect("a folder");
            continue;
        }
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        std::fs::write(place, content).expect("written");
    }
    root
}

fn read(text: &str, cpu: Option<usize>) -> Conditions {
    Conditions::read(laid_out(text).path(), cpu)
}

/// A machine that has no flaw of its own, with these conditions.
fn environment(cpus: usize, conditions: Conditions) -> Environment {
    Environment {
        schema: surtax::run::SCHEMA,
        surtax: "0.1.0".into(),
        machine: None,
        cpu_model: "Example CPU".into(),
        cpus,
        cpu_flags: Vec::new(),
        memory_bytes: 8 << 30,
        kernel: "6.1.0".into(),
        host: "Example".into(),
        virtualisation: "none".into(),
        governor: Some("performance".into()),
        turbo: Some(false),
        smt: Some(false),
        aslr: Some(2),
        load_average: [0.1, 0.1, 0.1],
        toolchain: std::collections::BTreeMap::new(),
        conditions: Some(conditions),
    }
}

fn said(environment: &Environment) -> String {
    let flaws: String = machine(environment).iter().map(|flaw| format!("- {}\n  {}\n", flaw.what(), flaw.remedy())).collect();
    format!("{flaws}well: {}\nnot said: {}\n", well(environment).join("; "), unsaid(environment).join(", "))
}

#[test]
fn a_container_in_a_virtual_machine_as_it_was_recorded() {
    let seen = read(include_str!("container-cgroup1.txt"), Some(1));
    assert_eq!((seen.container.as_deref(), seen.quota_cores, seen.swap_bytes), (Some("docker"), None, Some(0)));
    assert_eq!((seen.clock_source.as_deref(), seen.huge_pages.as_deref(), seen.memory_nodes), (Some("tsc"), Some("madvise"), Some(1)));
    assert_eq!((seen.memory_pressure, seen.heat_stops, seen.isolated_cpus.as_deref()), (Some(0.0), None, None));
    insta::assert_snapshot!("conditions-container", said(&environment(2, seen)));
}

#[test]
fn a_hot_laptop_that_swaps() {
    let seen = read(include_str!("laptop.txt"), Some(3));
    assert_eq!((seen.swap_bytes, seen.swap_used_bytes), (Some(2_097_148 * 1024), Some(1_048_576 * 1024)));
    assert_eq!((seen.heat_stops, seen.memory_pressure, seen.container.clone(), seen.quota_cores), (Some(1742), Some(0.0125), None, None));
    insta::assert_snapshot!("conditions-laptop", said(&environment(8, seen)));
}

#[test]
fn a_pod_has_the_quota_of_the_group_that_allows_least() {
    let seen = read(include_str!("pod.txt"), Some(3));
    assert_eq!((seen.quota_cores, seen.quota_stops, seen.container.as_deref()), (Some(1.5), Some(311), Some("kubernetes")));
    let with_steal = Conditions { steal: Some(0.034), sampled_seconds: Some(2.0), busy_cores: Some(0.25), ..seen };
    insta::assert_snapshot!("conditions-pod", said(&environment(4, with_steal)));
}

#[test]
fn a_server_of_two_nodes_with_cores_set_apart() {
    let seen = read(include_str!("server.txt"), Some(15));
    assert_eq!((seen.quota_cores, seen.quota_stops, seen.memory_nodes), (Some(5.0), Some(0), Some(2)));
    assert_eq!(
        (seen.isolated_cpus.as_deref(), seen.heat_stops, seen.container.as_deref()),
        (Some("14-15"), Some(0), Some("systemd-nspawn"))
    );
    assert!(machine(&environment(4, seen.clone())).iter().all(|flaw| !flaw.what().contains("quota")), "five cores are more than four");
    insta::assert_snapshot!("conditions-server", said(&environment(16, seen)));
}

#[test]
fn a_machine_that_tells_nothing_is_not_guessed_at() {
    let nothing = read("", None);
    assert_eq!(nothing, Conditions::default());
    assert_eq!(machine(&environment(4, nothing.clone())), []);
    let root = tempfile::tempdir().expect("a folder");
    assert_eq!(nothing.clone().sampled(root.path(), Duration::ZERO), nothing);
}

#[test]
fn this_machine_is_watched_for_as_long_as_was_asked() {
    let seen = Conditions::default().sampled(Path::new("/"), Duration::from_millis(120));
    assert_eq!(seen.sampled_seconds, Some(0.12));
    assert!(seen.busy_cores.is_some_and(|cores| cores >= 0.0) && seen.steal.is_some_and(|share| (0.0..=1.0).contains(&share)), "{seen:?}");
}

#[test]
fn environments_of_older_runs_are_read_and_new_ones_read_back() {
    let older = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("results/bookworm-py3.11-reference/environment.json"));
    let older: Environment = serde_json::from_str(&older.expect("committed")).expect("readable");
    assert_eq!(older.conditions, None);
    let newer = environment(4, read(include_str!("pod.txt"), None));
    assert_eq!(serde_json::from_str::<Environment>(&serde_json::to_string(&newer).expect("JSON")).expect("readable"), newer);
}

#[test]
fn what_could_be_seen_today_is_one_sentence() {
    // Fourths of a per cent, in turn: the control's interval is its whole range.
    let noise: Vec<f64> = (0..120).map(|at| [-0.02, 0.0, 0.02, 0.0][at % 4]).collect();
    let today = Today::of(&noise, &noise, 20.4e6, &[15, 40], 50);
    insta::assert_snapshot!("today", format!("{}\n{:?}\n", today.sentence(), today.remedy()));
    let quiet = Today::of(&[0.0; 120], &[0.0; 120], 20.4e6, &[15], 50);
    assert!(quiet.remedy().is_none() && quiet.sentence().contains("a difference of 1.0 %"), "{}", quiet.sentence());
    let short = Today::of(&[0.0; 10], &[0.0; 10], 20.4e6, &[15], 50);
    assert_eq!(short.seen, [Seen { rounds: 15, difference: None, noise_floor: None }]);
    assert!(short.sentence().contains("no difference at all") && short.remedy().is_some());
}
