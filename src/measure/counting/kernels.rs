//! From the parts between marks to the instructions of one more copy of each opcode kernel; `benchmarks/opcodes/kernels.py --count` says which is which.

use std::collections::BTreeMap;

use super::Parts;
use crate::line::json_line;
use crate::opcode::KernelsLine;

/// By kernel; one that did not run its form is absent. The error is a reason for the journal.
pub(in crate::measure) fn instructions_per_copy(stdout: &[u8], parts: &Parts) -> Result<BTreeMap<String, f64>, String> {
    let line: KernelsLine = json_line(stdout, "the kernels' line")?;
    // The first part is what ran before mark 0.
    let part = |mark: usize| parts.marked.get(mark.checked_add(1)?).copied();
    let mut costs = BTreeMap::new();
    for (name, kernel) in line.kernels.iter().filter(|(_, kernel)| kernel.reason.is_none()) {
        let (Some(loops), Some([few, many]), Some(mark)) = (kernel.loops, kernel.copies, kernel.segment) else {
            return Err(format!("the kernel {name} has neither a segment nor a reason"));
        };
        let (Some(of_few), Some(of_many)) = (part(mark), part(mark.saturating_add(1))) else {
            return Err(format!("callgrind saw {} marks, and the kernel {name} begins at mark {mark}", parts.marked.len()));
        };
        let copies = many.checked_sub(few).and_then(|more| more.checked_mul(loops)).filter(|&copies| copies > 0);
        let copies = copies.ok_or_else(|| format!("the kernel {name} has no more copies in its second function than in its first"))?;
        costs.insert(name.clone(), (of_many as f64 - of_few as f64) / copies as f64);
    }
    line.unless_none(costs)
}

#[cfg(test)]
mod tests {
    use super::{Parts, instructions_per_copy};

    fn costs(stdout: &str) -> Result<Vec<(String, f64)>, String> {
        // Start, then two kernels of two functions each, and what lies between a function's end and the next mark.
        let parts = Parts { marked: vec![40_000_000, 10_000, 30_000, 77, 5_000, 6_000], rest: 9 };
        instructions_per_copy(stdout.as_bytes(), &parts).map(|costs| costs.into_iter().collect())
    }

    fn kernel(reason: &str, segment: &str) -> String {
        format!(r#"{{"group":"arithmetic","form":null,"specialised":false,"copy":{{}},"ns":null,"reason":{reason}{segment}}}"#)
    }

    #[test]
    fn a_copy_costs_what_more_of_them_take_by_their_number() {
        let (add, pop) = (r#","loops":100,"copies":[10,20],"segment":0"#, r#","loops":50,"copies":[1,2],"segment":3"#);
        // A guard may fail while it is counted: what was counted then is not the form's.
        let [add, pop, absent, failed] =
            [kernel("null", add), kernel("null", pop), kernel(r#""it runs another form""#, ""), kernel(r#""a guard failed""#, pop)];
        let line = format!("{{\"kernels\":{{\"add-int\":{add},\"pop\":{pop},\"absent\":{absent},\"failed\":{failed}}},\"names\":{{}}}}\n");
        assert_eq!(costs(&line).unwrap(), [("add-int".to_owned(), 20.0), ("pop".to_owned(), 20.0)]);
    }

    #[test]
    fn a_line_that_does_not_fit_the_marks_is_a_reason() {
        let why = |kernel: &str| costs(&format!("{{\"kernels\":{{\"k\":{kernel}}},\"names\":{{}}}}")).unwrap_err();
        let of = |segment: &str| why(&kernel("null", segment));
        assert_eq!(of(r#","loops":1,"copies":[1,2],"segment":4"#), "callgrind saw 6 marks, and the kernel k begins at mark 4");
        assert_eq!(
            of(r#","loops":1,"copies":[2,2],"segment":0"#),
            "the kernel k has no more copies in its second function than in its first"
        );
        assert_eq!(of(r#","loops":1,"copies":[1,2]"#), "the kernel k has neither a segment nor a reason");
        assert_eq!(why(&kernel(r#""saw A""#, "")), "no kernel ran its form; k: saw A");
        assert!(of(r#","loop":1"#).starts_with("stdout is not the kernels' line: "));
        assert!(costs("nonsense").unwrap_err().starts_with("stdout is not the kernels' line"));
    }
}
