//! Numbers in, numbers out; every method cites its source.
