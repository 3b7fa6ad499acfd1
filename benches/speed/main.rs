//! What kubectl-safe costs, beside the real kubectl and a real API server on the same machine in the same minute.
//!
//! `cargo bench` prints one line for each bar, and fails when one is missed. Figures that depend on the machine are
//! ratios, or differences to something measured in turn with them.

// `support` is shared with the integration tests, where `pub` means "for the other modules", and offers more than is
// used here.
#![allow(unreachable_pub)]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod crowd;
mod distance;
mod scenes;
mod stopwatch;
#[path = "../../tests/it/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod support;
mod writes;

use std::process::ExitCode;

use self::scenes::Bench;

/// One figure and what it may be at most.
struct Figure {
    what: String,
    measured: f64,
    bar: f64,
    unit: &'static str,
}

impl Figure {
    fn is_met(&self) -> bool {
        self.measured <= self.bar
    }
}

fn main() -> ExitCode {
    let bench = Bench::new();
    let scenes: [fn(&Bench) -> Vec<Figure>; 7] = [
        Bench::release_binary,
        Bench::unguarded_words,
        Bench::words_that_no_rule_looks_at,
        Bench::one_node,
        Bench::connection,
        Bench::unchanged_files,
        Bench::full_namespace,
    ];
    let mut missed = 0;
    println!("{:<66} {:>10} {:>10}", "", "measured", "at most");
    for figure in scenes.iter().flat_map(|scene| scene(&bench)) {
        let Figure {
            what,
            measured,
            bar,
            unit,
        } = &figure;
        let digits = if unit.is_empty() { 0 } else { 2 };
        let result = if figure.is_met() { "" } else { "  MISSED" };
        missed += usize::from(!figure.is_met());
        println!("{what:<66} {measured:>10.digits$} {bar:>10.digits$} {unit}{result}");
    }
    if missed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
