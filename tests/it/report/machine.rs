//! What a machine does to timings, as `doctor` and every report say it.

use surtax::report::machine;
use surtax::run::Environment;

/// Capturing watches the machine for a while.
static CAPTURED: std::sync::LazyLock<Environment> = std::sync::LazyLock::new(|| Environment::capture(None));

fn quiet_machine() -> Environment {
    Environment {
        cpus: 8,
        virtualisation: "none".into(),
        governor: Some("performance".into()),
        turbo: Some(false),
        smt: Some(false),
        aslr: Some(2),
        load_average: [0.1, 0.1, 0.1],
        conditions: None,
        ..CAPTURED.clone()
    }
}

#[test]
fn each_flaw_of_the_machine_has_a_remedy() {
    assert_eq!(machine(&quiet_machine()), []);
    let flawed: [(Environment, &str); 7] = [
        (Environment { governor: Some("powersave".into()), ..quiet_machine() }, "powersave"),
        (Environment { turbo: Some(true), ..quiet_machine() }, "nominal"),
        (Environment { smt: Some(true), ..quiet_machine() }, "hardware threads"),
        (Environment { virtualisation: "kvm".into(), ..quiet_machine() }, "(kvm)"),
        (Environment { cpus: 1, ..quiet_machine() }, "one core"),
        (Environment { load_average: [3.0, 0.1, 0.1], ..quiet_machine() }, "3.0"),
        (Environment { aslr: Some(0), ..quiet_machine() }, "randomisation is off"),
    ];
    for (environment, mark) in flawed {
        let flaws = machine(&environment);
        assert_eq!(flaws.len(), 1, "{flaws:?}");
        assert!(flaws[0].what().contains(mark) && !flaws[0].remedy().is_empty(), "{flaws:?}");
    }
    let unknown = Environment { governor: None, turbo: None, smt: None, aslr: None, ..quiet_machine() };
    assert_eq!(machine(&unknown), []);
}
