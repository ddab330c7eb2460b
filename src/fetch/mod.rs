//! Downloads over HTTP and from files: resumed, verified, kept by content.
