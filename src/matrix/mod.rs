//! Subjects × benchmarks × sizes: what a run measures.
