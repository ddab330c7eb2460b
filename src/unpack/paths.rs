//! Where a path inside a package leads, decided by its text alone.

/// The parts of a relative path; `None` if it is absolute or climbs out of its folder.
pub(super) fn parts(path: &str) -> Option<Vec<&str>> {
    if path.starts_with('/') || path.contains('\0') {
        return None;
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            part => parts.push(part),
        }
    }
    Some(parts)
}

/// What a link at `link` that points to `target` must say to stay inside: relative, so that it never means the host.
/// `None` if it would leave the folder.
pub(super) fn relative_target(link: &[&str], target: &str) -> Option<String> {
    let depth = link.len().saturating_sub(1);
    let climb = |inside: &str| {
        let up = "../".repeat(depth);
        if inside.is_empty() { if depth == 0 { ".".into() } else { up.trim_end_matches('/').to_owned() } } else { format!("{up}{inside}") }
    };
    match target.strip_prefix('/') {
        Some(inside) => Some(climb(&normal(inside, 0)?.join("/"))),
        None => normal(target, depth).map(|_| target.to_owned()),
    }
}

/// Follows `..` by text, starting `depth` folders down; `None` once it climbs above the top.
fn normal(path: &str, depth: usize) -> Option<Vec<&str>> {
    let mut above = depth;
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_some() => {}
            ".." => above = above.checked_sub(1)?,
            part => parts.push(part),
        }
    }
    Some(parts)
}
