#!/usr/bin/env bash
# Install the pinned ruchy from crates.io below the given directory. Fast flags: it is a test partner here, not a product.
set -euo pipefail
root=$1
echo "installing ruchy 4.2.1 into $root: some 6 minutes on 2 cores" >&2
cargo install ruchy --version 4.2.1 --locked --quiet --root "$root" --target-dir "$root/target" \
	--config profile.release.lto=false --config profile.release.codegen-units=16 --config profile.release.opt-level=1
rm -rf "$root/target"
