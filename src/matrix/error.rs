//! What can be wrong with what the person asked for.

use crate::error::{DEFECT, Exit, Explain, nearest};

use super::Benchmark;

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum MatrixError {
    #[error("no benchmark is named `{name}`; there are {}", list(known))]
    UnknownBenchmark { name: String, known: Vec<String> },
    #[error("`{size}` in `{item}` is not a size: a whole number from 1")]
    BadSize { item: String, size: String },
    #[error("the benchmark `{0}` has no sizes")]
    NoSizes(String),
    #[error("at least one round must be measured")]
    NoRounds,
    #[error("a time-out of {0} s leaves no time for anything")]
    BadTimeout(f64),
    #[error("the plan has no baseline, so nothing could be compared")]
    NoBaseline,
    #[error("`{group}` does not begin with its own python3 and have no other, so its subjects could not be compared")]
    BaselineOfGroup { group: String },
    #[error("the subject `{subject}` is of `{group}`, which the plan does not have")]
    UnknownGroup { subject: String, group: String },
    #[error("`{0}` is asked for twice")]
    TwiceTheGroup(String),
    #[error("nothing can be relative to `{name}`; there are {}", list(known))]
    BadReference { name: String, known: Vec<String> },
    #[error("two subjects are named `{0}`")]
    TwiceTheSubject(String),
    #[error("{wanted} shards cannot be made of {}: a benchmark is measured whole, on one machine", list(benchmarks))]
    Shards { wanted: u32, benchmarks: Vec<String> },
    #[error("the plan has no shard {number}; {}", if *shards == 0 { "it was not split".to_owned() } else { format!("it has 1 to {shards}") })]
    NoSuchShard { number: u32, shards: usize },
}

impl MatrixError {
    pub(crate) fn unknown_benchmark(name: &str) -> Self {
        Self::UnknownBenchmark { name: name.to_owned(), known: Benchmark::ALL.map(|benchmark| benchmark.name().to_owned()).to_vec() }
    }
}

impl Explain for MatrixError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownBenchmark { name, known } => nearest(name, known.clone()).map(|near| format!("did you mean `{near}`?")),
            Self::BadSize { item, .. } => {
                let name = item.split('/').next().unwrap_or(item);
                Some(format!("for example: --only {name}/1000"))
            }
            Self::NoSizes(name) => Some(format!("ask for it without one: --only {name}")),
            Self::NoRounds => Some("leave `--rounds` away for 15, or add `--quick` for 12".into()),
            Self::BadTimeout(_) => Some("give the longest time that one visit may take, such as `--timeout 120`".into()),
            Self::TwiceTheGroup(name) => Some(format!("name `{name}` once")),
            Self::BadReference { name, known } => nearest(name, known.clone()).map(|near| format!("did you mean `{near}`?")),
            Self::TwiceTheSubject(_) => Some("give one of them another name: --subject NAME=PATH".into()),
            Self::Shards { benchmarks, .. } if benchmarks.len() == 1 => Some("--shards 1, or more benchmarks".into()),
            Self::Shards { benchmarks, .. } => Some(format!("--shards 1 to --shards {}", benchmarks.len())),
            Self::NoSuchShard { shards: 0, .. } => Some("surtax matrix plan --shards N --out DIR makes a plan that is".into()),
            Self::NoSuchShard { shards, .. } => Some(format!("--shard 1 to --shard {shards}; plan.json says what each measures")),
            Self::NoBaseline | Self::BaselineOfGroup { .. } | Self::UnknownGroup { .. } => Some(DEFECT.into()),
        }
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
