//! The gate: a subject that does not behave as the baseline does has no published timing.
