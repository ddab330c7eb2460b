#!/bin/sh
# Cold provisioning, side by side: surtax from an empty store, and apt-get download of the same closure followed by dpkg -x of each.
# Usage: benches/provision.sh [REPETITIONS] [ARGUMENTS OF surtax provision]
# Needs a Debian-format host whose package lists are there (apt-get update), and a release build. SURTAX names another binary.
set -eu
cd "$(dirname "$0")/.."
repetitions=${1:-5}
[ $# -gt 0 ] && shift
surtax=${SURTAX:-$PWD/target/release/surtax}
[ -x "$surtax" ] || { echo "error: $surtax is not there; build it: cargo build --release" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

now() { date +%s%N; }

# Nothing is deleted until the end: for minutes ext4 does not reuse inodes that were freed, and searches past them for every new file,
# which charges one side for the other's files. After a run that deleted many, wait, or set TMPDIR to another file system.
download_and_extract() {
    mkdir "$work/apt-$1" "$work/root-$1"
    (
        cd "$work/apt-$1"
        # shellcheck disable=SC2046 # one word a package
        apt-get download -q $(cat "$work/closure") >"$work/apt-$1.log" 2>&1 || { cat "$work/apt-$1.log" >&2; exit 1; }
        for package in *.deb; do dpkg -x "$package" "$work/root-$1"; done
    )
}

run_surtax() {
    number=$1
    shift
    mkdir "$work/store-$number"
    start=$(now)
    SURTAX_HOME=$work/store-$number "$surtax" provision "$@" >"$work/surtax-$number.log" 2>&1 || { cat "$work/surtax-$number.log" >&2; exit 1; }
    echo $((($(now) - start) / 1000000))
}

run_apt() {
    start=$(now)
    download_and_extract "$1"
    echo $((($(now) - start) / 1000000))
}

median() { sort -n | awk '{ value[NR] = $1 } END { print (NR % 2) ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

# The first run also tells the closure, and warms the mirror's side for both.
run_surtax closure "$@" >/dev/null
awk -F'"' '/^name = /{ name = $2 } /^version = /{ print name "=" $2 }' "$work"/store-closure/sysroots/*/surtax.lock >"$work/closure"
echo "$(wc -l <"$work/closure") packages, $repetitions repetitions, load $(cut -d' ' -f1 /proc/loadavg), $(nproc) cores"

number=0
while [ "$number" -lt "$repetitions" ]; do
    number=$((number + 1))
    if [ $((number % 2)) -eq 1 ]; then
        ours=$(run_surtax "$number" "$@")
        theirs=$(run_apt "$number")
    else
        theirs=$(run_apt "$number")
        ours=$(run_surtax "$number" "$@")
    fi
    echo "$ours" >>"$work/ours"
    echo "$theirs" >>"$work/theirs"
    echo "$number: surtax provision $ours ms, apt-get download + dpkg -x $theirs ms"
done
ours=$(median <"$work/ours")
theirs=$(median <"$work/theirs")
echo "median: surtax provision $ours ms, apt-get download + dpkg -x $theirs ms, ratio $(awk "BEGIN { printf \"%.2f\", $ours / $theirs }")"

# The last store's files may not be in memory any more: the first call fetches them back.
for number in 0 1 2 3 4 5; do
    start=$(now)
    SURTAX_HOME=$work/store-closure "$surtax" provision "$@" >/dev/null 2>&1
    [ "$number" -eq 0 ] || echo $((($(now) - start) / 1000000)) >>"$work/warm"
done
echo "warm: surtax provision $(median <"$work/warm") ms"
