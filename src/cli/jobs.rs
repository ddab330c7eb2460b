//! Work that is split over machines: what one of them builds and others measure.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::source::{SourceArgs, VariantArgs};
use crate::digest::Sha256;

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
