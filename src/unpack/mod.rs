//! Packages and tarballs unpacked into one folder that nothing in them can leave.
