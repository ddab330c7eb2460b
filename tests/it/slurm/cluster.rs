//! A Slurm of one node on loopback: munge, controller and node daemon with a key, ports and folders of their own, ended by their ids.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::needs;

pub(super) struct Cluster {
    /// Ended in the order in which they were started: the node first.
    daemons: Vec<Child>,
    folder: tempfile::TempDir,
}

/// Daemons lie where no user's PATH leads.
fn daemon(name: &str) -> Option<PathBuf> {
    needs::file(&Path::new("/usr/sbin").join(name))
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a port").port()
}

impl Cluster {
    pub(super) fn start() -> Option<Self> {
        let [munged, slurmctld, slurmd] = ["munged", "slurmctld", "slurmd"].map(daemon);
        let (munged, slurmctld, slurmd) = (munged?, slurmctld?, slurmd?);
        needs::tool("sbatch")?;
        let folder = tempfile::Builder::new().prefix("surtax-slurm-").tempdir_in("/tmp").expect("a folder");
        // munge wants a socket that everyone can reach, and a key that nobody else can read.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("set");
        let mut cluster = Self { daemons: Vec::new(), folder };
        cluster.write_configuration(&slurmd);
        let path = |name: &str| cluster.folder().join(name);
        let mut munge = Command::new(munged);
        munge.args(["--foreground", "--force", "--num-threads=2"]);
        for (option, name) in
            [("--key-file", "munge.key"), ("--socket", "munge.socket"), ("--pid-file", "munge.pid"), ("--seed-file", "munge.seed")]
        {
            munge.arg(option).arg(path(name));
        }
        let (mut controller, mut node) = (cluster.command(slurmctld), cluster.command(slurmd));
        controller.args(["-D", "-c"]);
        node.args(["-D", "-N", "node"]);
        cluster.spawn(munge, "munged");
        cluster.wait("munge listens", |cluster| cluster.folder().join("munge.socket").exists());
        cluster.spawn(controller, "slurmctld");
        cluster.wait("the controller answers", |cluster| {
            cluster.command("scontrol").arg("ping").output().is_ok_and(|said| said.status.success())
        });
        cluster.spawn(node, "slurmd");
        cluster.wait("the node is idle", |cluster| cluster.scontrol(&["show", "node", "node"]).contains("State=IDLE "));
        Some(cluster)
    }

    fn write_configuration(&self, slurmd: &Path) {
        let folder = self.folder().display().to_string();
        let key: Vec<u8> = (0..128_u32).map(|at| (std::process::id().wrapping_mul(at + 7) >> 3) as u8).collect();
        let key_file = self.folder().join("munge.key");
        std::fs::write(&key_file, key).expect("written");
        std::fs::set_permissions(&key_file, std::fs::Permissions::from_mode(0o400)).expect("set");
        for name in ["state", "spool"] {
            std::fs::create_dir(self.folder().join(name)).expect("made");
        }
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
        let user = Command::new("id").arg("-un").output().expect("id starts").stdout;
        let (host, user) = (host.trim(), String::from_utf8_lossy(&user).trim().to_owned());
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let (controller, node) = (free_port(), free_port());
        // A requeued job waits until its first credential has expired.
        let configuration = format!(
            "ClusterName=surtax\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={controller}\nSlurmUser={user}\nSlurmdUser={user}\n\
             AuthType=auth/munge\nAuthInfo=socket={folder}/munge.socket,cred_expire=5\nCredType=cred/munge\n\
             StateSaveLocation={folder}/state\nSlurmdSpoolDir={folder}/spool\nSlurmctldPidFile={folder}/slurmctld.pid\n\
             SlurmdPidFile={folder}/slurmd.pid\nProctrackType=proctrack/pgid\nTaskPlugin=task/none\nSelectType=select/linear\n\
             SchedulerType=sched/builtin\nSchedulerParameters=batch_sched_delay=0,sched_interval=1\nJobAcctGatherType=jobacct_gather/none\n\
             AccountingStorageType=accounting_storage/none\nMpiDefault=none\nSwitchType=switch/none\nReturnToService=2\nKillWait=5\n\
             SlurmdParameters=config_overrides\nNodeName=node NodeAddr=127.0.0.1 Port={node} CPUs={cores}\nPartitionName=main Nodes=node Default=YES\n"
        );
        std::fs::write(self.folder().join("slurm.conf"), configuration).expect("written");
        // Nothing here uses control groups. Before 23.11 one plugin must be loaded all the same, and v1's needs no systemd.
        let version = Command::new(slurmd).arg("-V").output().expect("slurmd starts").stdout;
        let version = String::from_utf8_lossy(&version).split_whitespace().last().unwrap_or_default().to_owned();
        let numbers: Vec<u32> = version.split('.').filter_map(|number| number.parse().ok()).collect();
        let plugin = if numbers >= vec![23, 11] { "disabled" } else { "cgroup/v1" };
        std::fs::write(self.folder().join("cgroup.conf"), format!("CgroupPlugin={plugin}\n")).expect("written");
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A program that speaks to this Slurm, and finds the test's surtax.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let tools = Path::new(env!("CARGO_BIN_EXE_surtax")).parent().expect("a folder").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.folder().join("slurm.conf")).env("PATH", format!("{tools}:{path}"));
        command
    }

    /// What `scontrol` says; nothing where it fails.
    pub(super) fn scontrol(&self, arguments: &[&str]) -> String {
        let output = self.command("scontrol").args(arguments).output().expect("scontrol starts");
        if !output.status.success() {
            surtax::ui::talk(&format!("scontrol {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The jobs that have not ended.
    pub(super) fn queue(&self) -> Vec<String> {
        let output = self.command("squeue").args(["--noheader", "--format=%i %T %r"]).output().expect("squeue starts");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    pub(super) fn logs(&self) -> String {
        let last = |name: &str| {
            let text = std::fs::read_to_string(self.folder().join(format!("{name}.out"))).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            format!("-- {name}\n{}\n", lines[lines.len().saturating_sub(30)..].join("\n"))
        };
        ["munged", "slurmctld", "slurmd"].map(last).concat()
    }

    fn spawn(&mut self, mut command: Command, name: &str) {
        let log = std::fs::File::create(self.folder().join(format!("{name}.out"))).expect("a log");
        let errors = log.try_clone().expect("a log");
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().expect("the daemon starts");
        self.daemons.insert(0, child);
    }

    fn wait(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        while !is_so(self) {
            let ended = self.daemons.iter_mut().any(|daemon| daemon.try_wait().is_ok_and(|ended| ended.is_some()));
            assert!(!ended && Instant::now() < until, "waited in vain until {what}:\n{}", self.logs());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What still runs, if the test failed.
        let _ = self.command("scancel").args(["--state=PENDING", "--state=RUNNING", "--partition=main"]).output();
        for daemon in &mut self.daemons {
            if let Some(id) = Pid::from_raw(daemon.id() as i32) {
                let _ = kill_process(id, Signal::TERM);
            }
            let until = Instant::now() + Duration::from_secs(10);
            while daemon.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(50));
            }
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}
