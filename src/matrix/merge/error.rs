//! Why runs cannot be made one.

use std::path::PathBuf;

use crate::error::{Exit, Explain};

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MergeError {
    #[error("no run was named")]
    Nothing,
    #[error("{} was merged already", .0.display())]
    Merged(PathBuf),
    #[error("{} is no part of what {} is a part of: {field} is {here}, not {there}", folder.display(), against.display())]
    Differs { folder: PathBuf, against: PathBuf, field: String, here: String, there: String },
    #[error("{} and {} were both measured on {machine}: {}", one.display(), other.display(), benchmarks.join(", "))]
    Overlap { machine: String, one: PathBuf, other: PathBuf, benchmarks: Vec<String> },
}

impl Explain for MergeError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Nothing => "name the folders that `surtax matrix run --plan` wrote: surtax matrix merge DIR... --out DIR".into(),
            Self::Merged(_) => "name the folders that it was merged from, and those that came later".into(),
            Self::Differs { .. } => {
                "leave it out, or measure it again by the same plan: surtax matrix run --plan PLAN.JSON --shard K".into()
            }
            Self::Overlap { .. } => {
                "leave one of them out; two machines of one name are told apart by `surtax matrix run --plan … --machine NAME`".into()
            }
        })
    }
}
