//! One thin file per subcommand: load, plan, execute, print.
