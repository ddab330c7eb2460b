//! Strictly serial measuring: rounds of fresh processes, journalled as they end.
