#!/bin/sh
# Makes what is handed out, in target/pack/: the plugin as a tarball for
# `openclaw plugins install npm-pack:…`, and beside it the stripped asm-watchdog of this machine's platform.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
PATH=$root/.tools/npm/node_modules/node/bin:$PATH
export PATH

sh scripts/build.sh
cargo build --quiet --release --bin asm-watchdog

out=$root/target/pack
rm -rf "$out.partial"
mkdir -p "$out.partial"
# Nothing in the package runs at packing, and no registry is asked.
npm pack ./pkg --pack-destination "$out.partial" --ignore-scripts --offline --loglevel=error >/dev/null
install -m 755 target/release/asm-watchdog "$out.partial/asm-watchdog"
rm -rf "$out"
mv "$out.partial" "$out"
ls -l "$out"
