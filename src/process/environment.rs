//! The environment of every subject, verified or measured: the same few variables, whoever calls surtax.

/// The whole environment, equally long for every `hash_seed`.
///
/// No variable of the person's reaches a subject, since `PYTHON*`, locale and OpenSSL settings all change what a program prints, and the
/// size of the environment alone shifts the stack and with it a program's speed (Mytkowicz, Diwan, Hauswirth and Sweeney, "Producing
/// Wrong Data Without Doing Anything Obviously Wrong!", ASPLOS 2009).
pub fn subject_environment(hash_seed: u32) -> Vec<(&'static str, String)> {
    vec![
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("LC_ALL", "C.UTF-8".to_owned()),
        ("PYTHONNOUSERSITE", "1".to_owned()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        // The host's file may name engines that a sysroot's OpenSSL does not have.
        ("OPENSSL_CONF", "/dev/null".to_owned()),
        ("PYTHONHASHSEED", format!("{hash_seed:010}")),
    ]
}
