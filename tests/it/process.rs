//! The door to other programs: what a child cannot do to surtax, and what is measured of it.

use std::path::Path;
use std::time::{Duration, Instant};

use surtax::process::{Event, Finished, Job, Launcher, ProcessError, end_strays, hardware_counters, how_it_ended};

fn shell(script: &str) -> Job {
    Job::new("/bin/sh").arg("-c").arg(script).env("PATH", "/usr/bin:/bin")
}

/// A process that waits to be reaped does nothing any more.
fn is_running(pid: &str) -> bool {
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !matches!(stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next()), Some("Z" | "X")),
        Err(_) => false,
    }
}

fn assert_ends(pid: &str) {
    let begin = Instant::now();
    while is_running(pid) {
        assert!(begin.elapsed() < Duration::from_secs(20), "process {pid} is still running");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What a job printed that its limit ended. A busy machine may not get so far as to print it: then the limit grows.
fn timed_out_after(lines: usize, mut run: impl FnMut(Duration) -> Finished) -> String {
    let mut limit = Duration::from_millis(300);
    loop {
        let finished = run(limit);
        assert!(finished.timed_out && finished.wall >= limit, "{finished:?}");
        let output = finished.stdout_text();
        if output.lines().count() == lines {
            return output;
        }
        assert!(limit < Duration::from_secs(100), "{output}");
        limit *= 4;
    }
}

#[test]
fn a_time_out_ends_the_whole_group() {
    let script = shell("sleep 600 & echo $!; (sleep 600 & echo $!; wait) & wait");
    let started = timed_out_after(2, |limit| script.clone().limit(limit).run().unwrap());
    started.lines().for_each(assert_ends);
}

#[test]
fn what_a_child_leaves_behind_is_ended() {
    let finished = shell("sleep 600 & echo $!").run().unwrap();
    assert!(finished.status.success() && !finished.timed_out);
    assert_ends(finished.stdout_text().trim());
}

#[test]
fn what_left_the_group_is_found_by_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let script = "setsid sh -c 'echo $$; exec sleep 600' & cd /; env -i setsid sh -c 'echo $$; exec sleep 600' & sleep 2";
    let by_environment = shell("setsid sh -c 'cd /; echo $$; exec sleep 600' & sleep 2").env("TMPDIR", folder.path());
    let by_folder = shell(script).current_dir(folder.path());
    let said = |job: Job| job.own_session().run().unwrap().stdout_text().lines().map(str::to_owned).collect::<Vec<_>>();
    let (by_environment, by_folder) = (said(by_environment), said(by_folder));
    assert!(by_environment.iter().chain(&by_folder).all(|pid| is_running(pid)));
    end_strays(folder.path());
    assert_ends(&by_environment[0]);
    let elsewhere: Vec<&String> = by_folder.iter().filter(|pid| is_running(pid)).collect();
    assert_eq!((by_folder.len(), elsewhere.len()), (2, 1), "nobody else's is ended");
    shell(&format!("kill {}", elsewhere[0])).run().unwrap();
}

#[test]
fn a_job_of_large_files_is_ended_when_it_prints_without_end() {
    let sparse = shell("dd if=/dev/zero of=large bs=1 count=1 seek=1G 2>&1");
    let folder = tempfile::tempdir().unwrap();
    assert!(!sparse.clone().current_dir(folder.path()).run().unwrap().status.success());
    assert!(sparse.large_files().current_dir(folder.path()).run().unwrap().status.success());
    let finished = shell("head -c 300M /dev/zero; sleep 600").large_files().limit(Duration::from_secs(300)).run().unwrap();
    assert_eq!((how_it_ended(&finished.status).as_str(), finished.timed_out), ("was killed by signal 9 (SIGKILL)", false));
    assert_eq!(finished.stdout.len(), 256 << 20, "no more is kept than of any job");
}

fn launcher() -> Launcher {
    Launcher::new(env!("CARGO_BIN_EXE_surtax"))
}

#[test]
fn memory_is_that_of_the_child_alone() {
    // As much in surtax itself, and in a child before, as must not be seen in the small one.
    let ballast = std::hint::black_box(vec![1_u8; 200 << 20]);
    let mut launcher = launcher();
    let large = launcher.run(&shell("dd if=/dev/zero of=/dev/null bs=150M count=1 2>/dev/null")).unwrap();
    let small = launcher.run(&shell(":")).unwrap();
    assert!(ballast.iter().step_by(4096).all(|&byte| byte == 1));
    assert!(large.peak_memory_bytes > 140 << 20, "{}", large.peak_memory_bytes);
    assert!(small.peak_memory_bytes < 4 << 20, "{}", small.peak_memory_bytes);
}

#[test]
fn a_launcher_tells_all_that_a_job_tells() {
    let mut launcher = launcher();
    let finished = launcher.run(&shell("cat; echo err >&2; exit 3").stdin("in\n\0").limit(Duration::from_secs(60))).unwrap();
    assert_eq!((finished.stdout.as_slice(), finished.stderr.as_slice()), (&b"in\n\0"[..], &b"err\n"[..]));
    assert_eq!(finished.status.code(), Some(3));
    assert!(finished.wall > Duration::ZERO);
    let hung = timed_out_after(1, |limit| launcher.run(&shell("sleep 600 & echo $!; wait").limit(limit)).unwrap());
    assert_ends(hung.trim());
    let error = launcher.run(&Job::new("/nowhere/python3")).unwrap_err();
    assert_eq!(error.to_string(), "cannot start /nowhere/python3");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "No such file or directory (os error 2)");
    let environment = launcher.run(&Job::new("/usr/bin/env").env("ONE", "1")).unwrap();
    assert_eq!(environment.stdout_text(), "ONE=1\n");
}

#[test]
fn a_launcher_that_died_is_replaced() {
    let mut launcher = launcher();
    let error = launcher.run(&shell("kill -KILL $PPID; exec sleep 600")).unwrap_err();
    assert!(matches!(error, ProcessError::Watch { .. }), "{error}");
    assert_eq!(launcher.run(&shell("echo again")).unwrap().stdout_text(), "again\n");
}

#[test]
fn what_is_measured_ends_with_the_launcher() {
    let mut launcher = launcher();
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("pid");
    let error = launcher.run(&shell("echo $$ > \"$0\"; kill -KILL $PPID; exec sleep 600").arg(&note)).unwrap_err();
    assert!(matches!(error, ProcessError::Watch { .. }), "{error}");
    assert_ends(std::fs::read_to_string(&note).unwrap().trim());
}

#[test]
fn a_launcher_that_is_told_to_stop_ends_the_group_first() {
    let mut launcher = launcher();
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("pid");
    let job = shell("sleep 600 & echo $! > \"$0\"; kill -TERM $PPID; wait").arg(&note);
    assert!(matches!(launcher.run(&job).unwrap_err(), ProcessError::Interrupted(_)));
    assert_ends(std::fs::read_to_string(&note).unwrap().trim());
}

#[test]
fn user_time_is_the_childs() {
    let busy = shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done").run().unwrap();
    assert!(busy.user > Duration::from_millis(20), "{:?}", busy.user);
    assert!(busy.wall >= busy.user, "{:?} {:?}", busy.wall, busy.user);
    let idle = shell("sleep 0.3").run().unwrap();
    assert!(idle.wall >= Duration::from_millis(300));
    assert!(idle.user + idle.system < idle.wall / 2, "{idle:?}");
}

#[test]
fn a_crash_is_told_by_the_signals_name() {
    let finished = shell("kill -SEGV $$").run().unwrap();
    assert_eq!(how_it_ended(&finished.status), "was killed by signal 11 (SIGSEGV)");
    let error = shell("echo before >&2; kill -ABRT $$").run_for_text().unwrap_err();
    assert_eq!(error.to_string(), "/bin/sh was killed by signal 6 (SIGABRT); it said:\nbefore");
}

#[test]
fn an_exit_code_comes_with_the_last_words() {
    let error = shell("seq 100 >&2; exit 7").run_for_text().unwrap_err().to_string();
    assert!(error.starts_with("/bin/sh exited with code 7; it said:\n89\n"), "{error}");
    assert!(error.ends_with("\n100"), "{error}");
}

#[test]
fn a_program_that_is_still_being_written_is_waited_for_and_not_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    std::fs::copy("/bin/true", &program).unwrap();
    let open = || std::fs::OpenOptions::new().append(true).open(&program).unwrap();
    let held = open();
    let Err(ProcessError::Start { source, .. }) = Job::new(&program).run() else { panic!("it runs while somebody writes it") };
    assert_eq!(source.kind(), std::io::ErrorKind::ExecutableFileBusy);
    drop(held);
    let held = open();
    let writer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        drop(held);
    });
    assert!(Job::new(&program).run().unwrap().status.success());
    writer.join().unwrap();
}

#[test]
fn a_child_that_prints_without_end_is_cut_off() {
    let finished = shell("head -c 300000000 /dev/zero").run().unwrap();
    assert_eq!(finished.stdout.len(), 256 << 20);
    assert!(!finished.status.success());
}

#[test]
fn the_core_is_the_one_asked_for() {
    let cpu = surtax::measure::choose_cpu().unwrap();
    let job = shell("grep Cpus_allowed_list /proc/self/status").pin(Some(cpu));
    assert_eq!(job.run_for_text().unwrap().split_whitespace().last(), Some(cpu.to_string().as_str()));
}

#[test]
fn a_core_that_is_not_there_is_an_error() {
    let error = shell(":").pin(Some(1000)).run().unwrap_err();
    assert!(matches!(error, ProcessError::Start { .. }), "{error}");
}

#[test]
fn nothing_but_what_is_given_is_in_the_environment() {
    let job = Job::new("/usr/bin/env").env("ONE", "1").env("TWO", "two words");
    assert_eq!(job.run_for_text().unwrap(), "ONE=1\nTWO=two words\n");
    let inherited = Job::new("/usr/bin/env").inherit_environment().env("ONE", "1").run_for_text().unwrap();
    assert!(inherited.lines().any(|line| line.starts_with("PATH=")) && inherited.lines().any(|line| line == "ONE=1"), "{inherited}");
}

#[test]
fn stdin_is_what_is_given_and_otherwise_empty() {
    let text = "line\n".repeat(100_000);
    assert_eq!(Job::new("/bin/cat").stdin(text.clone()).run_for_text().unwrap(), text);
    assert_eq!(Job::new("/bin/cat").run_for_text().unwrap(), "");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let error = Job::new("/nowhere/python3").run().unwrap_err();
    assert_eq!(error.to_string(), "cannot start /nowhere/python3");
}

#[test]
fn a_log_holds_both_streams_as_they_come() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("logs/build.log");
    let mut seen = 0;
    let job = shell("echo out; echo err >&2; sleep 0.6; echo end");
    let finished = job.run_logged(&log, &mut || seen += usize::from(log.exists())).unwrap();
    assert!(finished.status.success());
    assert!(seen >= 1);
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "out\nerr\nend\n");
}

#[test]
fn a_folder_to_run_in() {
    let folder = tempfile::tempdir().unwrap();
    let shown = shell("pwd -P").current_dir(folder.path()).run_for_text().unwrap();
    assert_eq!(Path::new(shown.trim()), folder.path().canonicalize().unwrap());
}

/// The kernel's own events stand in for the processor's where there are none: they take the same way.
#[test]
fn events_are_counted_in_a_child_and_in_all_that_it_starts() {
    let events = [Event::TaskClock, Event::PageFaults];
    let work = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done";
    let alone = shell(work).count(&events).run().unwrap();
    let Some(clock) = alone.count(Event::TaskClock) else {
        return crate::needs::skipped("needs a kernel that lets this user count (perf_event_paranoid of at most 2)");
    };
    // User and system time are known to a tick of some milliseconds at worst.
    let cpu = (alone.user + alone.system).as_nanos() as f64;
    assert!((clock as f64) < 1.5 * cpu + 2e7 && clock as f64 > 0.3 * cpu, "{clock} ns of {cpu}");
    // A grandchild that nobody waited for before the child's end is counted up to its own. The child itself takes a few milliseconds; how long the
    // same work takes twice, a busy machine decides.
    let nested = shell(&format!("({work}) & ({work}) & wait")).count(&events).run().unwrap();
    assert!(nested.count(Event::TaskClock).unwrap() > clock / 2, "{nested:?} against {clock}");
    // Neither the fork nor this process is in it.
    let faults = |doublings: u32| {
        let script = format!("awk 'BEGIN {{ s = \"x\"; for (i = 0; i < {doublings}; i++) s = s s; print length(s) }}'");
        shell(&script).count(&events).run().unwrap().count(Event::PageFaults).unwrap()
    };
    let (few, many) = (faults(1), faults(23));
    assert!(few > 50 && few < 5000 && many > few + 1000, "{few} and {many} page faults");
    assert!(shell(work).run().unwrap().counted.is_empty(), "nothing is counted that was not asked for");
}

#[test]
fn the_launcher_passes_counts_on() {
    let finished = launcher().run(&shell("true").count(&[Event::PageFaults])).unwrap();
    let direct = shell("true").count(&[Event::PageFaults]).run().unwrap();
    assert_eq!(finished.count(Event::PageFaults).is_some(), direct.count(Event::PageFaults).is_some());
    assert_ne!(finished.count(Event::PageFaults), Some(0));
}

#[test]
fn an_event_that_this_machine_lacks_has_no_count_and_a_reason() {
    let finished = shell("true").count(&Event::HARDWARE).run().unwrap();
    match hardware_counters() {
        Ok(events) => {
            assert!(events.contains(&Event::Instructions));
            assert!(finished.count(Event::Instructions).is_some_and(|count| count > 10_000), "{finished:?}");
        }
        Err(none) => {
            assert!(none.reason.starts_with("the kernel") && none.reason.len() < 120, "{none:?}");
            assert_eq!(finished.counted, []);
        }
    }
}
