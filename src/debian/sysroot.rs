//! A sysroot from a lock: unpacked in scratch, finished, put in place with its stamp.

use super::packages::Work;
use super::pool::Pool;
use super::{Finisher, ProvisionError, SurtaxLock};
use crate::fs;
use crate::store::Stamp;
use crate::ui::{Reporter, Unit};
use crate::unpack::Tree;

/// Returns the number of bytes that were downloaded.
pub(super) fn assemble(pool: Pool<'_>, lock: &SurtaxLock, finisher: &dyn Finisher, reporter: &dyn Reporter) -> Result<u64, ProvisionError> {
    let (store, key) = (pool.store, lock.key());
    let scratch = store.scratch()?;
    let tree = Tree::system_root(scratch.path())?;
    let downloaded = Work { pool, lock, tree: &tree, reporter }.run()?;
    reporter.step(&format!(
        "unpacked {} packages of {}: {:.1} MB, {:.1} MB of it downloaded now",
        lock.packages.len(),
        lock.release,
        lock.total_bytes() as f64 / 1e6,
        downloaded as f64 / 1e6
    ));
    let bar = reporter.bar("compiling", None, Unit::Items);
    bar.message("the standard library");
    finisher.finish(scratch.path(), lock.python, &store.home(&key))?;
    bar.finish();
    reporter.step(&format!("compiled the standard library of Python {}", lock.python));
    fs::write_atomic(&scratch.path().join("surtax.lock"), lock.text().as_bytes())?;
    Stamp::write(scratch.path(), key.as_str())?;
    scratch.commit(&store.sysroot(&key))?;
    Ok(downloaded)
}
