//! From the parts between marks to the instructions of one more copy of each opcode kernel; `benchmarks/opcodes/kernels.py --count` says which is which.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Parts;

/// What matters here of the line that `kernels.py` prints; `measure/output.rs` reads the whole of it in measured visits.
#[derive(Deserialize)]
struct Line {
    kernels: BTreeMap<String, Kernel>,
}

#[derive(Deserialize)]
struct Kernel {
    /// How often each of the two functions ran.
    #[serde(default)]
    loops: Option<u64>,
    /// How many copies of the statement the two functions have.
    #[serde(default)]
    copies: Option<[u64; 2]>,
    /// The mark, from 0, after which the function of fewer copies ran; after the next one, that of more.
    #[serde(default)]
    segment: Option<usize>,
}

/// By kernel; one that did not run its form has no segment, and is absent. The error is a reason for the journal.
pub(in crate::measure) fn instructions_per_copy(stdout: &[u8], parts: &Parts) -> Result<BTreeMap<String, f64>, String> {
    let line: Line = serde_json::from_slice(stdout).map_err(|error| format!("stdout is not the kernels' line: {error}"))?;
    // The first part is what ran before mark 0.
    let part = |mark: usize| parts.marked.get(mark + 1).copied();
    let mut costs = BTreeMap::new();
    for (name, kernel) in line.kernels {
        let (Some(loops), Some([few, many]), Some(mark)) = (kernel.loops, kernel.copies, kernel.segment) else { continue };
        let (Some(of_few), Some(of_many)) = (part(mark), part(mark + 1)) else {
            return Err(format!("callgrind saw {} marks, and the kernel {name} begins at mark {mark}", parts.marked.len()));
        };
        let copies = many.checked_sub(few).and_then(|more| more.checked_mul(loops)).filter(|&copies| copies > 0);
        let copies = copies.ok_or_else(|| format!("the kernel {name} has no more copies in its second function than in its first"))?;
        costs.insert(name, (of_many as f64 - of_few as f64) / copies as f64);
    }
    Ok(costs)
}

#[cfg(test)]
mod tests {
    use super::{Parts, instructions_per_copy};

    fn costs(stdout: &str) -> Result<Vec<(String, f64)>, String> {
        // Start, then two kernels of two functions each, and what lies between a function's end and the next mark.
        let parts = Parts { marked: vec![40_000_000, 10_000, 30_000, 77, 5_000, 6_000], rest: 9 };
        instructions_per_copy(stdout.as_bytes(), &parts).map(|costs| costs.into_iter().collect())
    }

    #[test]
    fn a_copy_costs_what_more_of_them_take_by_their_number() {
        let line = r#"{"kernels":{
            "add-int":{"group":"arithmetic","form":"BINARY_OP_ADD_INT","loops":100,"copies":[10,20],"segment":0},
            "pop":{"loops":50,"copies":[1,2],"segment":3},
            "absent":{"reason":"it runs another form","loops":null,"copies":null,"segment":null}},"names":{}}"#;
        assert_eq!(costs(line).unwrap(), [("add-int".to_owned(), 20.0), ("pop".to_owned(), 20.0)]);
    }

    #[test]
    fn a_line_that_does_not_fit_the_marks_is_a_reason() {
        let of = |kernel: &str| costs(&format!(r#"{{"kernels":{{"k":{kernel}}}}}"#)).unwrap_err();
        assert_eq!(of(r#"{"loops":1,"copies":[1,2],"segment":4}"#), "callgrind saw 6 marks, and the kernel k begins at mark 4");
        assert_eq!(
            of(r#"{"loops":1,"copies":[2,2],"segment":0}"#),
            "the kernel k has no more copies in its second function than in its first"
        );
        assert!(costs("nonsense").unwrap_err().starts_with("stdout is not the kernels' line"));
    }
}
