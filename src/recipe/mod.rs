//! Data that decides what is provisioned: the wire format of `recipes/*.yaml` and the valid values it becomes.
