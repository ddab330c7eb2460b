#!/usr/bin/env bash
# Eight variants with PGO by surtax against eight separate `./configure --enable-optimizations && make`, all from nothing.
# Usage: benches/cpython.sh SOURCE-TARBALL. One separate build is timed and taken eight times; surtax's eight are all built.
# Two of the eight have LTO: their archives hold intermediate code, which is compiled at a runner's link, not timed here; the separate build
# has none, which would take it longer. Prints seconds and the ratio. On two cores it takes half an hour; a quiet machine, please.
set -euo pipefail
cd "$(dirname "$0")/.."
tarball=$(realpath "${1:?the tarball of a CPython source}"); shift
cargo build --release --quiet
surtax=$PWD/target/release/surtax
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SURTAX_HOME=$work/store

now() { date +%s.%N; }
since() { awk "BEGIN { print $(now) - $1 }"; }

mkdir "$work/source"
tar --extract --file "$tarball" --directory "$work/source" --strip-components 1
python=$(sed -n 's/^#define PY_VERSION *"\([0-9]*\.[0-9]*\).*/\1/p' "$work/source/Include/patchlevel.h")
cat > "$work/eight.yaml" <<YAML
kind: cpython
python: "$python"
source: {path: $tarball}
variants:
  - {linkage: static, code-model: [non-pic, pic], pgo: true}
  - {linkage: static-pie, code-model: pie, pgo: true}
  - {linkage: static, code-model: pic, pgo: true, interposition: true}
  - {linkage: shared, code-model: pic, pgo: true, interposition: [false, true]}
  - {linkage: static, code-model: non-pic, pgo: true, lto: full}
  - {linkage: static-pie, code-model: pie, pgo: true, lto: full}
YAML

begin=$(now)
"$surtax" provision "$work/eight.yaml" >/dev/null
eight=$(since "$begin")

begin=$(now)
(
    cd "$work/source"
    ./configure --enable-optimizations >"$work/separate.log" 2>&1
    # CPython's own profile run fails where one of its tests does.
    make -j"$(nproc)" profile-run-stamp >>"$work/separate.log" 2>&1 ||
        { make clean-retain-profile >>"$work/separate.log" 2>&1; touch profile-run-stamp; }
    make -j"$(nproc)" >>"$work/separate.log" 2>&1
)
separate=$(since "$begin")

printf '%-26s %-26s %s\n' "one separate build (s)" "eight by surtax (s)" "ratio to eight separate"
printf '%-26.0f %-26.0f %.2f\n' "$separate" "$eight" "$(awk "BEGIN { print $eight / (8 * $separate) }")"
