#!/bin/sh
# Makes what is handed out, in target/pack/: the plugin as a tarball for
# `openclaw plugins install npm-pack:…`, and beside it the stripped asm-watchdog of this machine's platform. On Linux on
# x86_64 that is a static one, which needs nothing of the system it runs on, where Rust's target for it can be had.
#
# `pack.sh tarball` makes the tarball alone: the tests run the asm-watchdog that they were built with.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
PATH=$root/.tools/npm/node_modules/node/bin:$PATH
export PATH

static=x86_64-unknown-linux-musl

can_be_static() {
    [ "$(uname -s) $(uname -m)" = 'Linux x86_64' ] || return 1
    [ -d "$(rustc --print sysroot)/lib/rustlib/$static/lib" ] && return
    command -v rustup >/dev/null 2>&1 && rustup target add "$static" >/dev/null 2>&1
}

sh scripts/build.sh
built=
if [ "${1:-all}" = tarball ]; then
    echo "pack: the tarball alone"
elif can_be_static; then
    cargo build --quiet --profile watchdog --bin asm-watchdog --target "$static"
    built=target/$static/watchdog/asm-watchdog
    echo "pack: asm-watchdog is static ($static)"
else
    cargo build --quiet --profile watchdog --bin asm-watchdog
    built=target/watchdog/asm-watchdog
    echo "pack: asm-watchdog is native ($(rustc -vV | sed -n 's/^host: //p'))"
fi

out=$root/target/pack
rm -rf "$out.partial"
mkdir -p "$out.partial"
# Nothing in the package runs at packing, and no registry is asked.
npm pack ./pkg --pack-destination "$out.partial" --ignore-scripts --offline --loglevel=error >/dev/null
[ -z "$built" ] || install -m 755 "$built" "$out.partial/asm-watchdog"
rm -rf "$out"
mv "$out.partial" "$out"
ls -l "$out"
