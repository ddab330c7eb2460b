//! A trace as a person reads it: text and HTML, in the same words.

mod html;
mod text;
mod words;

pub use html::html;
pub use text::text;
pub use words::remarks;
