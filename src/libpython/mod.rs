//! The core: what a libpython is (build), how a program takes it in (linkage), and what its binary shows (evidence).
