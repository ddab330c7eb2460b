//! The limits that gates are given on the command line.

use std::str::FromStr;

use serde::Serialize;

use crate::error::{Exit, Explain};

/// `instructions=0.5%`: how much more is still let through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GateLimit {
    /// 0.005 for `0.5%`.
    share: f64,
}

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum BadGate {
    #[error("a gate is written instructions=0.5%, and `{0}` has no `=`")]
    NoLimit(String),
    #[error("nothing is known of a gate on `{0}`: instructions alone do not vary with the machine's mood")]
    UnknownMeasure(String),
    #[error("`{0}` is no limit: a percentage from 0 to 1000, such as 0.5%")]
    BadPercentage(String),
}

impl Explain for BadGate {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("for example: --gate instructions=0.5%".into())
    }
}

impl FromStr for GateLimit {
    type Err = BadGate;

    fn from_str(text: &str) -> Result<Self, BadGate> {
        let (measure, limit) = text.split_once('=').ok_or_else(|| BadGate::NoLimit(text.to_owned()))?;
        if measure != "instructions" {
            return Err(BadGate::UnknownMeasure(measure.to_owned()));
        }
        Ok(Self { share: share(limit)? })
    }
}

fn share(limit: &str) -> Result<f64, BadGate> {
    let percent = limit.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    let percent = percent.filter(|percent| (0.0..=1000.0).contains(percent));
    percent.map(|percent| percent / 100.0).ok_or_else(|| BadGate::BadPercentage(limit.to_owned()))
}

impl GateLimit {
    pub fn share(self) -> f64 {
        self.share
    }
}

/// `2%`: how much slower than before, relative to its baseline, a subject may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(transparent)]
pub struct TaxLimit {
    /// 0.02 for `2%`.
    share: f64,
}

impl FromStr for TaxLimit {
    type Err = BadGate;

    fn from_str(text: &str) -> Result<Self, BadGate> {
        Ok(Self { share: share(text)? })
    }
}

impl TaxLimit {
    pub fn share(self) -> f64 {
        self.share
    }
}
