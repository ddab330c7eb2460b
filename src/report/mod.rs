//! One renderer per format: a run in, text out.
