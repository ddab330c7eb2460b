//! The runner: the program that embeds a libpython, rendered from the template and linked per variant.
