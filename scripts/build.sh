#!/bin/sh
# Builds pkg/, exactly what is installed: the wasm core with its glue, then the assembly. What is newer than its sources
# is not built again. The tools come from scripts/setup.sh.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
PATH=$root/.tools/npm/node_modules/node/bin:$root/.tools/npm/node_modules/.bin:$root/.tools/cargo/bin:$PATH
export PATH

# The folder is called wasm because the shim imports ./wasm/asm.js: tsc finds its types there (js-shim/tsconfig.json).
out=$root/target/wasm-pack/wasm
built=$out/.built

stale() {
    [ -f "$built" ] || return 0
    [ -n "$(find src build.rs Cargo.toml Cargo.lock .cargo/config.toml scripts/build.sh -newer "$built" -print -quit)" ]
}

# The features are those rustc and wasm-bindgen have used; wasm-opt must neither refuse nor add any.
optimise() {
    wasm-opt "$1" -o "$2" -O3 --strip-debug --strip-producers \
        --enable-bulk-memory --enable-bulk-memory-opt --enable-call-indirect-overlong --enable-multivalue \
        --enable-mutable-globals --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
        --enable-simd
}

if stale; then
    rm -f "$built"
    # The stamp is as old as the build's beginning: a source changed meanwhile makes the next run build again.
    mkdir -p "$root/target/wasm-pack"
    touch "$root/target/wasm-pack/.begun"
    wasm-pack --quiet build --target web --profile wasm --out-dir "$out" --out-name asm --no-pack
    optimise "$out/asm_bg.wasm" "$out/asm_opt.wasm"
    # Where cargo put the tables, only its own messages say.
    # Nothing in the counter calls itself, so a small stack will do: linear memory begins with it.
    cargo rustc --quiet --package asm-counter --target wasm32-unknown-unknown --profile wasm --crate-type cdylib \
        --message-format json -- -C link-arg=-zstack-size=131072 >"$root/target/wasm-pack/counter.json"
    tables=$(node -e '
        const lines = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n").map((line) => JSON.parse(line));
        const script = lines.find((line) => line.reason === "build-script-executed" && line.package_id.includes("asm-counter"));
        process.stdout.write(script.out_dir);' "$root/target/wasm-pack/counter.json")
    cp "$tables/o200k_base.tables" "$tables/cl100k_base.tables" "$out/"
    optimise "$root/target/wasm32-unknown-unknown/wasm/asm_counter.wasm" "$out/counter.wasm"
    # The shell's copy of the catalogue: what is said about a core that does not load cannot come from the core.
    node --input-type=module -e '
        import { readFileSync, writeFileSync } from "node:fs";
        const { initSync, shellTexts } = await import(`file://${process.argv[1]}/asm.js`);
        initSync({ module: readFileSync(`${process.argv[1]}/asm_opt.wasm`) });
        const type = "/** @type {Record<string, readonly [string, string]>} */";
        writeFileSync(`${process.argv[1]}/texts.js`, `${type}\nexport const TEXTS = ${JSON.stringify(JSON.parse(shellTexts()), null, 1)};\n`);
    ' "$out"
    mv "$root/target/wasm-pack/.begun" "$built"
fi

node js-shim/assemble.mjs
