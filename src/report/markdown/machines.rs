//! Several machines: which measured what, and how far apart they are.

use super::label;
use super::table::{Table, code, text};
use crate::report::format;
use crate::report::machines::{MachinesSummary, PooledRatio};
use crate::report::summary::Summary;

/// Nothing where one machine measured all.
pub(super) fn machines(summary: &Summary) -> String {
    let Some(MachinesSummary { machines, pooled }) = &summary.machines else { return String::new() };
    let mut table = Table::new(&["machine", "CPU", ">cores", ">memory", "kernel", "virtualisation", "measured"]);
    for machine in machines {
        let kernel = machine.kernel.split(' ').next().unwrap_or_default();
        let measured: Vec<String> = machine.benchmarks.iter().map(|label| code(label)).collect();
        table.row(&[
            code(&machine.name),
            text(&machine.cpu_model),
            machine.cpus.to_string(),
            format::memory(machine.memory_bytes),
            text(kernel),
            text(&machine.virtualisation),
            measured.join(" "),
        ]);
    }
    let mut section = format!(
        "## Machines\n\nMerged from {} machines. A ratio is only ever formed of visits to one machine in one round.\n\n{}",
        machines.len(),
        table.finish()
    );
    if pooled.is_empty() {
        return section + "\nNo benchmark was measured on more than one: how far machines differ is not known.\n";
    }
    section += "\nWhere several machines measured a benchmark, its ratios above are the middle of theirs, by a random-effects mean (Paule & Mandel; \
                interval by Hartung & Knapp), and speak of machines like these. *Spread* is the standard deviation between machines, their noise \
                taken off (0.0 %: they differ by no more than that); *another machine* is where one more of their kind would lie.\n";
    for of_benchmark in pooled.chunk_by(|a, b| (&a.benchmark, a.size) == (&b.benchmark, b.size)) {
        section += &format!("\n### {} by machine\n\n{}", label(&of_benchmark[0].benchmark, of_benchmark[0].size), by_machine(of_benchmark));
    }
    section
}

fn by_machine(rows: &[PooledRatio]) -> String {
    let mut table = Table::new(&["subject", "machine", ">ratio", "95 % interval", ">noise floor", ">rounds", ">spread", "another machine"]);
    let interval = |low: f64, high: f64| format!("{} to {}", format::ratio(low), format::ratio(high));
    for row in rows {
        for machine in &row.machines {
            table.row(&[
                code(&row.subject),
                code(&machine.machine),
                format::ratio(machine.ratio),
                interval(machine.ratio_low, machine.ratio_high),
                machine.noise_floor.map_or_else(|| "–".to_owned(), format::percent),
                machine.rounds.to_string(),
                String::new(),
                String::new(),
            ]);
        }
        let rounds: usize = row.machines.iter().map(|machine| machine.rounds).sum();
        table.row(&[
            code(&row.subject),
            "**pooled**".to_owned(),
            format!("**{}**", format::ratio(row.ratio)),
            interval(row.ratio_low, row.ratio_high),
            String::new(),
            rounds.to_string(),
            format::percent(row.spread),
            row.predicted_low.zip(row.predicted_high).map_or_else(|| "two do not tell".to_owned(), |(low, high)| interval(low, high)),
        ]);
    }
    table.finish()
}
