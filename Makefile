# Everything a developer runs. `make test` is what CI runs; it installs what it needs under .tools/.
TOOLS := $(CURDIR)/.tools
NODE := $(TOOLS)/npm/node_modules/node/bin/node
export PATH := $(TOOLS)/npm/node_modules/node/bin:$(TOOLS)/npm/node_modules/.bin:$(TOOLS)/cargo/bin:$(PATH)
export WASM_PACK_CACHE := $(TOOLS)/wasm-pack-cache

.PHONY: counter-sum help setup build pack tarball demo test test-native test-wasm test-shim test-gateway fuzz-count fuzz-wasm weeks rehearse soak bench lint lint-macos fmt clean

help: ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: ## install all tools under .tools/
	@scripts/setup.sh all

build: ## assemble pkg/, exactly what is installed
	@scripts/setup.sh rust
	@scripts/setup.sh node
	@scripts/build.sh

pack: build ## target/pack/: the installable tarball, and asm-watchdog beside it
	@scripts/pack.sh

tarball: build
	@scripts/pack.sh tarball

demo: setup pack ## the main job on the real gateway, every step verified
	@$(NODE) scripts/demo/main.mjs target/pack/*.tgz target/pack/asm-watchdog

bench: setup build ## measure the token meter against its peers; refreshes docs/bench.*; ROWS=cold,transcript for some
	@sh bench/setup.sh
	@$(NODE) bench/main.mjs

test: setup lint test-native test-wasm tarball test-shim test-gateway ## all tests
	@echo "all tests passed"

lint:
	cargo fmt --all --check
	cargo clippy --all-targets -- -D warnings
	cargo clippy --package asm-fuzz -- -D warnings
	cargo clippy --package asm-weeks -- -D warnings
	cargo clippy --lib --target wasm32-unknown-unknown -- -D warnings
	cargo clippy --package asm-counter --target wasm32-unknown-unknown -- -D warnings
	@$(MAKE) --no-print-directory lint-macos

# The macOS half of the watchdog, checked as far as a machine without Apple's tools can: nothing is linked, so a compiler
# that compiles nothing stands in for theirs. Left out, and said so, where the target is not to be had.
lint-macos:
	@if rustup target list --installed 2>/dev/null | grep -q x86_64-apple-darwin || rustup target add x86_64-apple-darwin 2>/dev/null; then \
	  CC_x86_64_apple_darwin=true AR_x86_64_apple_darwin=true cargo check --lib --bin asm-watchdog --target x86_64-apple-darwin; \
	else echo "macOS is not checked: no target x86_64-apple-darwin"; fi

test-native:
	cargo test --quiet

test-wasm:
	wasm-pack test --node --mode no-install

test-shim: build
	tsc -p js-shim
	$(NODE) --test tests/model/*.test.mjs tests/shim/*.test.mjs

# With the asm-watchdog of a debug build, which test-native has made: the one that is handed out takes minutes to link.
test-gateway: tarball
	cargo build --quiet --bin asm-watchdog
	$(NODE) --test --test-concurrency=1 tests/gateway/*.test.mjs

# How many texts `make fuzz-count` compares, the first one's number, and the seed: CASES=1000000 FROM=0 SEED=1.
CASES ?= 50000000
FROM ?= 0
SEED ?= 1

# Which counter a log is of: a sum over its sources. What another one came to says nothing of this one.
COUNTER = $(shell find src/count/bpe src/count/tables -type f | LC_ALL=C sort | xargs cat | cksum | cut -d' ' -f1)

counter-sum:
	@echo $(COUNTER)

fuzz-count: ## compare the counter with tiktoken-rs: CASES, FROM and SEED say on what
	@mkdir -p target/fuzz-count
	cargo run --quiet --package asm-fuzz --profile fuzz -- --cases $(CASES) --from $(FROM) --seed $(SEED) \
		--log target/fuzz-count/$(COUNTER)-seed-$(SEED)-from-$(FROM).log

fuzz-wasm: build ## the same through the wasm that ships: CASES=1000000 is enough for a night
	@mkdir -p target/fuzz-count
	cargo run --quiet --package asm-fuzz --profile fuzz -- --tell yes --cases $(CASES) --from $(FROM) --seed $(SEED) \
		| $(NODE) tests/fuzz/wasm.mjs target/fuzz-count/wasm-seed-$(SEED)-from-$(FROM).log $(CASES)

# How many weeks `make weeks` lives through with the judge and with each of its peers, and the first one's seed.
WEEKS ?= 10000
PEER_WEEKS ?= 1000

weeks: ## thousands of gateway-weeks through the judge, each act held against the truth: WEEKS, PEER_WEEKS, FROM
	cargo run --quiet --package asm-weeks --profile weeks -- --weeks $(WEEKS) --peer-weeks $(PEER_WEEKS) --from $(FROM) \
		--report target/weeks/report.json

rehearse: setup pack ## every fault of the table on the real gateway, or over real sockets and signals; ROWS=1,17 for some
	$(NODE) tests/rehearse/main.mjs

# How long `make soak` watches.
MINUTES ?= 60

soak: setup pack ## watch a healthy gateway for MINUTES: memory and processor, in target/soak/
	@MINUTES=$(MINUTES) $(NODE) tests/rehearse/soak.mjs

fmt: ## format the sources
	cargo fmt

clean: ## remove what was built (tools stay)
	rm -rf pkg target
