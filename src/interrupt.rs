//! Ctrl-C and SIGTERM: one flag that long work looks at, so that children are ended and nothing half-made stays.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Exit, Explain};

static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();

#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

impl Explain for Interrupted {
    fn exit(&self) -> Exit {
        Exit::Incomplete
    }

    fn hint(&self) -> Option<String> {
        Some("run the same command again; finished work is kept".into())
    }
}

fn flag() -> &'static Arc<AtomicBool> {
    FLAG.get_or_init(Arc::default)
}

/// The first signal asks for an orderly end; a second one ends the process at once.
pub fn install() -> std::io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(flag()))?;
        signal_hook::flag::register(signal, Arc::clone(flag()))?;
    }
    Ok(())
}

pub fn requested() -> bool {
    flag().load(Ordering::Relaxed)
}

pub fn check() -> Result<(), Interrupted> {
    if requested() { Err(Interrupted) } else { Ok(()) }
}
