#!/bin/sh
# Brings the tools of this repository under .tools/ (ignored by git). Safe to run again: what is there stays.
#   setup.sh rust       wasm target, wasm-pack, wasm-bindgen
#   setup.sh node       Node, wasm-opt, tsc, plugin-inspector
#   setup.sh openclaw   the host that the demo and the gateway tests run (and node)
#   setup.sh all        everything (default)
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tools=$root/.tools
log=$tools/setup.log
. "$root/scripts/versions.env"

# say ENGLISH CHINESE: one line in the language of the terminal.
say() {
    case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
        zh*) printf '%s\n' "setup: $2" ;;
        *) printf '%s\n' "setup: $1" ;;
    esac
}

fail() {
    say "$1" "$2" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null 2>&1 || fail "$1 is missing: install $2 first." "缺少 $1：请先安装 $2。"
}

# logged COMMAND...: runs quietly; on failure shows the end of what it said.
logged() {
    printf '\n$ %s\n' "$*" >>"$log"
    "$@" >>"$log" 2>&1 && return
    tail -n 25 "$log" >&2
    fail "failed: $* (whole output: $log)" "失败：$*（完整输出：$log）"
}

wasm_target() {
    need rustc "Rust 1.95 (rustup.rs)"
    std=$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib
    [ -d "$std" ] && return
    say "adding the wasm32-unknown-unknown target" "正在添加 wasm32-unknown-unknown 目标"
    if command -v rustup >/dev/null 2>&1 && rustup target add wasm32-unknown-unknown >>"$log" 2>&1; then return; fi
    fail "the wasm32-unknown-unknown standard library is not there and rustup could not add it.
Either run 'rustup target add wasm32-unknown-unknown' where the network allows it, or put the library sources of exactly
this compiler ($(rustc --version)) under $(rustc --print sysroot)/lib/rustlib/src/rust/library (Debian: rust-src of the same
version) and build with RUSTC_BOOTSTRAP=1 and -Zbuild-std=std,panic_abort." \
        "没有 wasm32-unknown-unknown 标准库，rustup 也无法添加。
请在网络可用处运行 rustup target add wasm32-unknown-unknown；或把与编译器完全同版本（$(rustc --version)）的标准库源码放到
$(rustc --print sysroot)/lib/rustlib/src/rust/library（Debian：同版本的 rust-src），并用 RUSTC_BOOTSTRAP=1 和
-Zbuild-std=std,panic_abort 构建。"
}

# cargo_tool CRATE BINARY VERSION
cargo_tool() {
    [ "$("$tools/cargo/bin/$2" --version 2>/dev/null)" = "$2 $3" ] && return
    need cargo "Rust 1.95 (rustup.rs)"
    say "building $1 $3 (a few minutes, once)" "正在编译 $1 $3（几分钟，仅一次）"
    # Without --locked: a lock entry of this crate is not served by every registry.
    logged cargo install --root "$tools/cargo" --version "$3" --force "$1"
}

# npm_folder NAME PACKAGE...: .tools/NAME/node_modules with exactly these, moved into place only when complete.
npm_folder() {
    name=$1
    shift
    stamp=$tools/$name/.stamp
    [ "$(cat "$stamp" 2>/dev/null)" = "$*" ] && return
    need npm "Node.js with npm (any supported version)"
    say "installing $*" "正在安装 $*"
    rm -rf "$tools/$name.partial"
    mkdir -p "$tools/$name.partial"
    printf '{"private":true}\n' >"$tools/$name.partial/package.json"
    logged npm install --prefix "$tools/$name.partial" --no-save --no-package-lock --no-audit --no-fund \
        --loglevel=error "$@"
    rm -rf "${tools:?}/$name"
    mv "$tools/$name.partial" "$tools/$name"
    printf '%s' "$*" >"$stamp"
}

rust() {
    wasm_target
    cargo_tool wasm-pack wasm-pack "$WASM_PACK_VERSION"
    cargo_tool wasm-bindgen-cli wasm-bindgen "$WASM_BINDGEN_VERSION"
}

node() {
    npm_folder npm "node@$NODE_VERSION" "@types/node@$TYPES_NODE_VERSION" "binaryen@$BINARYEN_VERSION" \
        "typescript@$TYPESCRIPT_VERSION" "@openclaw/plugin-inspector@$PLUGIN_INSPECTOR_VERSION"
    got=$("$tools/npm/node_modules/node/bin/node" --version 2>/dev/null || true)
    [ "$got" = "v$NODE_VERSION" ] && return
    rm -f "$tools/npm/.stamp"
    fail "Node $NODE_VERSION does not run here (it said: ${got:-nothing}). npm may have been told not to run install scripts." \
        "Node $NODE_VERSION 无法在此运行（输出：${got:-无}）。可能 npm 被设置为不运行安装脚本。"
}

openclaw() {
    node
    (
        # Its install scripts and its engine check want the Node it will run on.
        PATH=$tools/npm/node_modules/node/bin:$PATH
        npm_folder openclaw "openclaw@$OPENCLAW_VERSION"
    )
}

mkdir -p "$tools"
case ${1:-all} in
    rust) rust ;;
    node) node ;;
    openclaw) openclaw ;;
    all)
        rust
        openclaw
        ;;
    *)
        say "usage: setup.sh [rust|node|openclaw|all]" "用法：setup.sh [rust|node|openclaw|all]"
        exit 2
        ;;
esac
say "ready: ${1:-all}" "就绪：${1:-all}"
