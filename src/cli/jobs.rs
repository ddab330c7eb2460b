//! Work that is split over machines: what one of them builds and others measure.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::matrix::MatrixArgs;
use super::source::{SourceArgs, VariantArgs};
use super::words::Words;
use crate::digest::Sha256;
use crate::pack::PackChoice;
use crate::script::System;

#[derive(Debug, Subcommand)]
pub enum BundleCommand {
    /// Write sysroots, homes and runners into one verified archive; builds what is missing
    #[command(
        after_help = "The archive holds what `surtax matrix run` needs with `--plan` or `--offline`: no compilers, no objects, no logs. It is for a store \
        at the same path as this one, since executables hold that path; equal stores give equal archives. Its SHA-256 is printed as sha256sum does."
    )]
    Export(BundleExportArgs),
    /// Bring into the store what it lacks of an archive; nothing is visible before all of it is verified
    Import(BundleImportArgs),
}

#[derive(Debug, Args)]
pub struct BundleExportArgs {
    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub selection: VariantArgs,

    /// The packages of these benchmarks too, as `surtax matrix run --pack` takes them: pip fetches what is missing, and an importer needs no index
    #[arg(long, value_name = "PACK")]
    pub pack: Option<PackChoice>,

    /// Where the archive goes, by custom NAME.tar.zst; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct BundleImportArgs {
    /// An archive that `surtax bundle export` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Refuse it unless it is this very file, as `surtax bundle export` said
    #[arg(long, value_name = "SHA256", value_parser = clap::value_parser!(Sha256))]
    pub sha256: Option<Sha256>,
}

#[derive(Debug, Args)]
pub struct ScriptArgs {
    /// What runs the jobs: github prints a workflow, gitlab a pipeline, slurm a script that submits them
    #[arg(long = "for", value_name = "SYSTEM", value_parser = systems())]
    pub system: System,

    #[command(flatten)]
    pub matrix: MatrixArgs,

    /// How many jobs measure; the benchmarks are dealt out among them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(ScriptArgs::MOST_SHARDS)))]
    pub shards: u32,

    /// The store's folder on every machine: one path, since executables hold it
    #[arg(long, value_name = "DIR", default_value = ScriptArgs::STORE)]
    pub store: PathBuf,

    /// A line of shell that brings surtax onto the PATH of the machine that provisions; repeat it for more
    #[arg(long, value_name = "COMMAND", allow_hyphen_values = true)]
    pub setup: Vec<String>,

    /// The most that a job may take
    #[arg(long, value_name = "HOURS", default_value_t = ScriptArgs::HOURS, value_parser = clap::value_parser!(u32).range(1..=720))]
    pub hours: u32,

    /// For github: the label of the machines [default: ubuntu-24.04]
    #[arg(long, value_name = "LABEL")]
    pub runs_on: Option<String>,

    /// For github: run it too at these times, in UTC, such as '17 3 * * 0'
    #[arg(long, value_name = "CRON")]
    pub schedule: Option<String>,

    /// For gitlab: the container, with Rust and gcc [default: rust:1.95-bookworm]
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,

    /// For gitlab: a tag of the machines; repeat it for more
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,

    /// For slurm: an option for every job, such as --sbatch=--partition=long; repeat it for more
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    pub sbatch: Vec<String>,
}

impl ScriptArgs {
    /// The most jobs that GitLab makes of one; GitHub takes 256, Slurm 1,000 unless it is told otherwise.
    const MOST_SHARDS: u32 = 200;
    const STORE: &str = "/tmp/surtax";
    /// The most that GitHub's own machines give.
    const HOURS: u32 = 6;

    /// What was given, in the order of the help; names of recipes last.
    pub fn write(&self, words: &mut Words) {
        let Self { system, matrix, shards, store, setup, hours, runs_on, schedule, image, tags, sbatch } = self;
        words.option("--for", Some(system.as_str()));
        words.option("--shards", Some(shards));
        matrix.write(words);
        words.path("--store", Some(store.as_path()).filter(|store| *store != Path::new(Self::STORE)));
        setup.iter().for_each(|line| words.option("--setup", Some(line)));
        words.option("--hours", Some(hours).filter(|hours| **hours != Self::HOURS));
        words.option("--runs-on", runs_on.as_ref());
        words.option("--schedule", schedule.as_ref());
        words.option("--image", image.as_ref());
        tags.iter().for_each(|tag| words.option("--tag", Some(tag)));
        sbatch.iter().for_each(|option| words.option("--sbatch", Some(option)));
        matrix.source.write_names(words);
    }
}

fn systems() -> impl TypedValueParser<Value = System> {
    let named = |name: String| System::ALL.into_iter().find(|system| system.as_str() == name).unwrap_or(System::Github);
    PossibleValuesParser::new(System::ALL.map(System::as_str)).map(named)
}
