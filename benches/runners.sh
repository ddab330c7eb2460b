#!/usr/bin/env bash
# Four runners against one, each from an empty cargo target folder: PyO3 must be compiled once, not once per variant.
# Usage: benches/runners.sh [REPETITIONS]. Needs a provisioned store (surtax provision); prints seconds and the ratio.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
surtax=$PWD/target/release/surtax
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
export SURTAX_HOME=$store
"$surtax" --quiet provision >/dev/null

seconds() {
    local begin end
    rm -rf "$store/cargo-target" "$store"/homes
    begin=$(date +%s.%N); "$surtax" --quiet runner build "$@" >/dev/null; end=$(date +%s.%N)
    awk "BEGIN { print $end - $begin }"
}

printf '%-12s %-12s %s\n' "one (s)" "four (s)" ratio
for _ in $(seq "${1:-3}"); do
    one=$(seconds --variant static-nonpic)
    four=$(seconds)
    printf '%-12.2f %-12.2f %.2f\n' "$one" "$four" "$(awk "BEGIN { print $four / $one }")"
done
