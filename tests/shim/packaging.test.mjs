// @ts-check
// The package as it is handed out: its files, its metadata, and what a host it is not for is told.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pkg = join(root, "pkg");
const folder = mkdtempSync(join(tmpdir(), "asm-packaging-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const json = (/** @type {string} */ path) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** Modules of the shim, by name: those that a user has no use for are not among them. */
const shim = readdirSync(join(root, "js-shim")).filter((name) => name.endsWith(".js"));
const offline = readdirSync(join(root, "js-shim/offline"));

const FILES = [
  ...shim,
  ...offline.map((name) => `offline/${name}`),
  "asm.mjs", "package.json", "openclaw.plugin.json", "README.md", "README.zh-CN.md", "CHANGELOG.md", "LICENSE",
  "skills/auto-session-manager/SKILL.md", "wasm/asm.js", "wasm/asm.d.ts", "wasm/asm_bg.wasm", "wasm/texts.js",
  "wasm/counter.wasm", "wasm/o200k_base.tables", "wasm/cl100k_base.tables",
].sort();

test("the tarball holds exactly what is meant to be installed", () => {
  execFileSync("npm", ["pack", pkg, "--pack-destination", folder, "--ignore-scripts", "--offline", "--loglevel=error"]);
  const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  assert.equal(tarball, `auto-session-manager-${json("js-shim/package.json").version}.tgz`);
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", folder]);
  const listed = execFileSync("tar", ["-tzf", join(folder, tarball)], { encoding: "utf8" });
  assert.deepEqual(listed.trim().split("\n").map((name) => name.replace(/^package\//, "")).sort(), FILES);
});

test("it works from the tarball alone, with Node and nothing else", () => {
  const run = (/** @type {string[]} */ ...words) =>
    spawnSync(process.execPath, [join(folder, "package/asm.mjs"), ...words], { input: "hello world", encoding: "utf8", cwd: folder, env: {} });
  assert.equal(run("count").stdout, "2\n");
  assert.equal(run("--version").stdout.trim(), json("js-shim/package.json").version);
});

test("it asks for no package, no script and no toolchain", () => {
  const { dependencies, optionalDependencies, peerDependencies, scripts, bin, type, engines, openclaw } = json("pkg/package.json");
  assert.deepEqual([dependencies, optionalDependencies, peerDependencies, scripts, bin], [undefined, undefined, undefined, undefined, undefined]);
  assert.deepEqual([type, engines.node], ["module", ">=24.16"]);
  assert.deepEqual(openclaw, { extensions: ["./index.js"], compat: { pluginApi: ">=2026.9.0" } });
  const own = [...shim, ...offline.map((name) => `offline/${name}`)];
  for (const name of own) {
    const source = readFileSync(join(pkg, name), "utf8");
    for (const [, from = ""] of source.matchAll(/^(?:import|export)[^;]*?from "([^"]+)"/gm)) {
      assert.match(from, /^(node:|\.\.?\/|openclaw\/plugin-sdk\/)/, `${name} imports ${from}`);
    }
  }
});

test("the manifest is the repository's, under the name the host wants", () => {
  assert.equal(readFileSync(join(pkg, "openclaw.plugin.json"), "utf8"), readFileSync(join(root, "openclaw-plugin.json"), "utf8"));
  const { id, skills, cliCommands, activation, configSchema, uiHints } = json("pkg/openclaw.plugin.json");
  assert.deepEqual([id, skills, activation, cliCommands[0].name], ["auto-session-manager", ["skills"], { onStartup: true }, "asm"]);
  for (const section of ["language", "userTimezone", "context", "continuation", "ladder", "memory", "quota", "notify", "watchdog"]) {
    assert.ok(configSchema.properties[section], section);
  }
  const { length } = Object.keys(uiHints);
  assert.ok(length > 20, `${length} hints`);
});

test("the skill speaks both languages", () => {
  const text = readFileSync(join(pkg, "skills/auto-session-manager/SKILL.md"), "utf8");
  const [, head = "", body = ""] = text.match(/^---\n([^]*?)\n---\n([^]*)$/) ?? [];
  assert.match(head, /^name: auto-session-manager$/m);
  assert.match(head, /^description: ".*[a-z]{4}.*\p{Script=Han}.*"$/mu);
  for (const said of ["/asm status", "/asm save", "/asm explain", "/asm pause", "/asm resume", "openclaw asm doctor", "<asm-memory"]) {
    assert.equal(body.split(said).length - 1 >= 2, true, `${said} in both languages`);
  }
});

test("the host's inspector accepts it, offline", () => {
  const inspector = join(root, ".tools/npm/node_modules/@openclaw/plugin-inspector/src/cli.js");
  assert.ok(existsSync(inspector), "scripts/setup.sh node installs it");
  const out = join(folder, "inspection");
  const done = spawnSync(process.execPath, [inspector, "check", "--plugin-root", pkg, "--out", out, "--no-openclaw", "--json"], { encoding: "utf8", cwd: folder });
  assert.equal(done.status, 0, done.stdout.slice(-2000) + done.stderr.slice(-2000));
  assert.deepEqual(readdirSync(pkg).filter((name) => name === "reports"), []);
});

test("assembling says what is missing or differs, in one line", () => {
  const copy = join(folder, "copy");
  mkdirSync(copy);
  const needed = ["js-shim", "Cargo.toml", "openclaw-plugin.json", "README.md", "README.zh-CN.md", "CHANGELOG.md", "LICENSE", "target/wasm-pack/wasm"];
  for (const name of needed) cpSync(join(root, name), join(copy, name), { recursive: true });
  const assemble = () => spawnSync(process.execPath, [join(copy, "js-shim/assemble.mjs")], { encoding: "utf8" });
  assert.equal(assemble().status, 0);
  assert.deepEqual(readdirSync(join(copy, "pkg")).sort(), readdirSync(pkg).sort());

  const manifest = readFileSync(join(copy, "openclaw-plugin.json"), "utf8");
  writeFileSync(join(copy, "openclaw-plugin.json"), manifest.replace(/"version": ".*?"/, '"version": "9.9.9"'));
  const differing = assemble();
  assert.equal(differing.status, 1);
  assert.match(differing.stderr, /^assemble: versions differ: Cargo\.toml [\d.]+, .*openclaw-plugin\.json 9\.9\.9\n$/);
  writeFileSync(join(copy, "openclaw-plugin.json"), manifest);

  rmSync(join(copy, "target/wasm-pack/wasm/asm_opt.wasm"));
  const missing = assemble();
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /^assemble: target\/wasm-pack\/wasm\/asm_opt\.wasm is missing; scripts\/build\.sh makes it\n$/);
});

test("a host it is not for gets one clear line", async () => {
  const { unsupported } = await import(`file://${join(pkg, "host.js")}`);
  const { speaker } = await import(`file://${join(pkg, "texts.js")}`);
  const [en, zh] = ["en", "zh"].map((language) => speaker({}, language));
  const called = { on() {}, registerService() {}, registerCommand() {} };
  const host = (/** @type {string} */ version) => ({ ...called, runtime: { version } });
  for (const version of ["2026.9.6", "2026.9.0", "2026.10.1", "2027.1.0-beta.2", "dev"]) {
    assert.equal(unsupported(host(version), en, "24.21.0"), undefined, version);
  }
  for (const [api, node, said] of /** @type {[any, string, RegExp][]} */ ([
    [host("2026.7.1"), "24.21.0", /needs OpenClaw 2026\.9\.0 or newer.*this is 2026\.7\.1.*openclaw update/],
    [host("2026.9.6"), "22.22.3", /needs Node 24\.16\.0 or newer.*this is 22\.22\.3/],
    [{ ...host("2026.9.6"), on: undefined }, "24.21.0", /lacks api\.on;/],
    [undefined, "24.21.0", /lacks api\.on;/],
  ])) {
    const line = unsupported(api, en, node);
    assert.match(unsupported(api, zh, node), /停用/);
    assert.match(line, said);
    assert.doesNotMatch(line, /\n/);
  }
  const guarded = Object.defineProperty({ ...called }, "runtime", { get() { throw new Error("not in this mode"); } });
  assert.equal(unsupported(guarded, en, "24.21.0"), undefined);
});
