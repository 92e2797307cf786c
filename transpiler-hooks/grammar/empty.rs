// Nothing here is compiled: see Cargo.toml.
