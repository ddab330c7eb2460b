//! Why a job file cannot be written.

use std::path::PathBuf;

use super::System;
use crate::error::{DEFECT, Exit, Explain};

#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    #[error("`{}` has {what}, which no line of a job file can hold", word.escape_debug())]
    Unquotable { word: String, what: &'static str },
    #[error("{option} is for {}, and the job file is for {}", of.as_str(), system.as_str())]
    NotFor { option: &'static str, of: System, system: System },
    #[error("`{schedule}` is no schedule of cron")]
    Schedule { schedule: String },
    #[error("{path:?} cannot be the store's path on every machine: it {what}")]
    Store { path: PathBuf, what: &'static str },
    #[error("--prefix names an installed CPython, which no bundle carries to other machines: {}", path.display())]
    Installed { path: PathBuf },
    #[error("the template of the job file cannot be rendered")]
    Template(#[from] minijinja::Error),
}

impl Explain for ScriptError {
    fn exit(&self) -> Exit {
        match self {
            Self::Template(_) => Exit::Internal,
            _ => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unquotable { .. } => "give the file or folder another name".into(),
            Self::NotFor { option, of, .. } => format!("leave {option} out, or write it --for {}", of.as_str()),
            Self::Schedule { .. } => "it has five fields, in UTC: minute, hour, day, month, day of the week, such as '17 3 * * 0'".into(),
            Self::Store { .. } => "name a folder that each machine has for itself, such as --store /tmp/surtax".into(),
            Self::Installed { .. } => {
                "name a release or a recipe that builds from source; or take the installed CPython as a subject, where it is the same file on \
                 every machine: --subject NAME=PATH"
                    .into()
            }
            Self::Template(_) => DEFECT.into(),
        })
    }
}
