//! The line of JSON that a worker process of pyperf prints (`pyperf/_bench.py`, format 1.0), as far as it is asked for.

use serde::Deserialize;

/// Another program's format: what else it says, of the machine and of itself, may be more in the next version.
#[derive(Debug, Deserialize)]
pub(crate) struct PyperfLine {
    benchmarks: Vec<OneBenchmark>,
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
struct OneBenchmark {
    runs: Vec<OneRun>,
}

#[derive(Debug, Deserialize)]
struct OneRun {
    /// Seconds per inner loop.
    #[serde(default)]
    values: Vec<f64>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    name: String,
    loops: u64,
    inner_loops: Option<u64>,
    unit: Option<String>,
}

impl PyperfLine {
    /// What pyperf calls the benchmark.
    pub(super) fn name(&self) -> &str {
        &self.metadata.name
    }

    /// Of a calibration: the loops that it came to.
    pub(super) fn loops(&self) -> u64 {
        self.metadata.loops
    }

    /// The time of all loops together, ns: pyperf divides it by them, and of 30 ns a whole number would be a coarse one.
    pub(crate) fn total_ns(&self, loops: Option<u64>) -> Result<u64, String> {
        let Metadata { loops: done, inner_loops, unit, .. } = &self.metadata;
        if loops != Some(*done) {
            return Err(format!("pyperf did {done} loops, not as many as it was asked for"));
        }
        if unit.as_ref().is_some_and(|unit| unit != "second") {
            return Err(format!("the benchmark measures no time but {}", unit.as_deref().unwrap_or_default()));
        }
        match self.benchmarks.as_slice() {
            [OneBenchmark { runs }] => match runs.as_slice() {
                [OneRun { values }] if values.len() == 1 => {
                    Ok((values[0] * *done as f64 * inner_loops.unwrap_or(1) as f64 * 1e9).round() as u64)
                }
                _ => Err("pyperf gave more or less than one value".to_owned()),
            },
            _ => Err("pyperf gave more or less than one benchmark".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PyperfLine;

    #[test]
    fn a_value_is_the_time_of_all_loops() {
        let line = |values: &str| -> PyperfLine {
            let text = format!(
                r#"{{"benchmarks":[{{"runs":[{{"values":{values}}}]}}],"metadata":{{"name":"x","loops":64,"inner_loops":20,"unit":"second","hostname":"vm"}},"version":"1.0"}}"#
            );
            serde_json::from_str(&text).expect("as pyperf 2.10 writes it")
        };
        assert_eq!(line("[3e-05]").total_ns(Some(64)), Ok(38_400_000));
        assert_eq!(line("[3e-05]").total_ns(Some(32)).unwrap_err(), "pyperf did 64 loops, not as many as it was asked for");
        assert_eq!(line("[1.0,2.0]").total_ns(Some(64)).unwrap_err(), "pyperf gave more or less than one value");
        assert_eq!((line("[]").name(), line("[]").loops()), ("x", 64));
    }
}
