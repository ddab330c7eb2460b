//! The command line, declared.
