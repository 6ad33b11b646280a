// @ts-check
// The offline command line over the assembled package, with the real wasm.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { closeSync, openSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cli = join(root, "pkg", "asm.mjs");
const transcript = join(root, "tests/data/large-session.jsonl");
const folder = mkdtempSync(join(tmpdir(), "asm-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string[]} words @param {{input?: string | Buffer, env?: NodeJS.ProcessEnv}} [more] */
function asm(words, { input = "", env = {} } = {}) {
  const { PATH } = process.env;
  const done = spawnSync(process.execPath, [cli, ...words], { input, encoding: "utf8", env: { PATH, LANG: "C", TMPDIR: folder, ...env }, maxBuffer: 1 << 28 });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** @param {string} name @param {string | Buffer} content */
function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** @param {string} ndjson */
const rows = (ndjson) => ndjson.trimEnd().split("\n").map((line) => JSON.parse(line));

const said = (/** @type {string} */ role, /** @type {unknown} */ content, more = {}) => `${JSON.stringify({ type: "message", message: { role, content, ...more } })}\n`;
const small = `${JSON.stringify({ type: "session", id: "s" })}\n${said("user", "Never deploy on Friday.")}${said("assistant", "Understood.", { usage: { input: 20, output: 3 }, stopReason: "stop" })}`;

test("replay gives one line for each reported prompt and a summary, the same bytes as natively", () => {
  const { code, out, err } = asm(["replay", transcript, "--json"]);
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(out, readFileSync(join(root, "tests/golden/replay-large-session.ndjson"), "utf8"));
  const all = rows(out);
  const turns = all.filter((row) => row.type === "turn");
  assert.equal(turns.length, 439);
  assert.deepEqual([turns[0].predicted_tokens, turns[0].error_tokens], [null, null]);
  assert.ok(turns.slice(1).every((turn) => Number.isFinite(turn.error_tokens) && Number.isFinite(turn.error_percent)));
  const { type, calls, predictions, messages, lines, window_tokens, window_assumed } = all.at(-1);
  assert.deepEqual({ type, calls, predictions, messages, lines, window_tokens, window_assumed },
    { type: "summary", calls: 439, predictions: 438, messages: 914, lines: 1019, window_tokens: 200_000, window_assumed: true });
});

test("breakdown tells what fills the context, as JSON and in both languages", () => {
  const { code, out, err } = asm(["breakdown", transcript, "--json", "--window", "200000"]);
  assert.deepEqual([code, err], [0, ""]);
  const { version, total_tokens, window_tokens, parts, largest, frees } = JSON.parse(out);
  assert.deepEqual([version, total_tokens, window_tokens], [1, 177_657, 200_000]);
  assert.equal(parts.reduce((sum, part) => sum + part.tokens, 0), total_tokens);
  for (const row of [...parts, ...largest, ...frees]) assert.ok(row.tokens > 0 && row.percent >= 0 && row.percent <= 100, JSON.stringify(row));
  assert.deepEqual([largest[0].line, largest[0].tool], [28, "read"]);
  const english = asm(["breakdown", transcript]);
  assert.match(english.out, /^What fills the context, 177657 tokens:\nWindow: 200000 tokens assumed, 88 % of it in use; --window N sets it.\n- tool results: \d+ tokens \(\d+ %\)\n/);
  assert.match(english.out, /What would free most:\n- .*: \d+ tokens \(\d+ %\)\n/);
  assert.match(asm(["breakdown", transcript, "--window", "300000"]).out, /\nWindow: 300000 tokens, 59 % of it in use.\n/);
  assert.match(asm(["breakdown", transcript], { env: { LANG: "zh_CN.UTF-8" } }).out, /^上下文的构成，共 177657 token：\n窗口：假定 200000 token，已用 88 %；.*\n- 工具结果：/);
  for (const list of [parts, largest, frees]) assert.deepEqual(list.map((row) => row.tokens), list.map((row) => row.tokens).sort((a, b) => b - a));
  assert.match(asm(["breakdown", "--help"]).out, /--json/);
});

test("breakdown refuses what it cannot use, with the codes of the other commands", () => {
  assert.equal(asm(["breakdown"]).code, 2);
  assert.equal(asm(["breakdown", transcript, "--window", "x"]).code, 2);
  assert.equal(asm(["breakdown", join(folder, "none.jsonl")]).code, 1);
  assert.equal(asm(["breakdown", file("header.jsonl", `${JSON.stringify({ type: "session", id: "s" })}\n`)]).code, 1);
  const torn = file("torn.jsonl", `${small}{ no row\n`);
  assert.deepEqual([asm(["breakdown", torn]).code, asm(["breakdown", torn, "--strict"]).code], [0, 3]);
});

test("replay for a person, in both languages", () => {
  const english = asm(["replay", transcript]);
  assert.equal(english.code, 0);
  assert.match(english.out, /^ +line +call +prompt +predicted +error\n/);
  assert.match(english.out, /-- line \d+: saved \(line reached\) at [\d,]+ of 200,000 tokens/);
  assert.match(english.out, /model calls: 439\n.*median error .*\n.*\nWindow: 200,000 tokens, assumed; tell it with --window\n$/);
  assert.match(english.out, /cut off\n/);
  const chinese = asm(["replay", transcript, "--window", "128000"], { env: { LANG: "zh_CN.UTF-8" } });
  assert.match(chinese.out, /439 次模型调用/);
  assert.match(chinese.out, /窗口：128,000 token\n$/);
});

test("window and threshold move the save", () => {
  const line = (/** @type {string[]} */ ...flags) => rows(asm(["replay", transcript, "--json", ...flags]).out).find((row) => row.type === "checkpoint").line_tokens;
  assert.equal(line("--window", "200000", "--threshold", "30"), 60_000);
  assert.equal(line("--window", "300000", "--threshold", "30"), 90_000);
  const environment = asm(["replay", transcript, "--json"], { env: { ASM_CONTEXT_THRESHOLD: "40" } });
  assert.equal(rows(environment.out).find((row) => row.type === "checkpoint").line_tokens, 80_000);
  const both = asm(["replay", transcript, "--json", "--threshold", "30"], { env: { ASM_CONTEXT_THRESHOLD: "40" } });
  assert.equal(rows(both.out).find((row) => row.type === "checkpoint").line_tokens, 60_000);
  assert.equal(rows(asm(["replay", transcript, "--json", "--window", "100000"]).out).at(-1).window_assumed, false);
});

test("a bad setting of the environment is said and passed over, a bad flag is wrong usage", () => {
  const environment = asm(["replay", transcript, "--json"], { env: { ASM_CONTEXT_THRESHOLD: "200" } });
  assert.equal(environment.code, 0);
  assert.match(environment.err, /ASM_CONTEXT_THRESHOLD = "200" is not a whole number from 1 to 99; 80 is used/);
  for (const flags of [["--window", "abc"], ["--window", "-5"], ["--window", "0"], ["--window", "1.5"], ["--window", "9".repeat(30)], ["--threshold", "0"], ["--threshold", "100"], ["--threshold", ""]]) {
    const { code, out, err } = asm(["replay", transcript, ...flags]);
    assert.deepEqual([code, out], [2, ""], flags.join(" "));
    assert.match(err, /^asm: /);
  }
});

test("extract has its shape", () => {
  const path = file("small.jsonl", small);
  const { code, out } = asm(["extract", path, "--json"]);
  assert.equal(code, 0);
  const { version, facts, diagnostics, ...rest } = JSON.parse(out);
  assert.deepEqual([version, diagnostics, rest], [1, [], {}]);
  for (const fact of facts) {
    assert.deepEqual(Object.keys(fact), ["id", "kind", "text", "language", "role", "source", "status", "superseded_by", "confidence"]);
    assert.ok(fact.source.line >= 2 && "message_id" in fact.source);
  }
  assert.equal(asm(["extract", path]).code, 0);
  assert.notEqual(asm(["extract", path]).out, "");
});

test("continue prints the block and nothing else", () => {
  const { code, out, err } = asm(["continue", file("block.jsonl", small)]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^<asm-memory boundary="new">\n[^]*Never deploy on Friday\.[^]*\n<\/asm-memory>\n$/);
});

test("count is one integer", () => {
  assert.deepEqual(asm(["count"], { input: "hello world" }), { code: 0, out: "2\n", err: "" });
  assert.deepEqual(asm(["count", "-", "--json"], { input: "你好，世界" }), { code: 0, out: '{"tokens":3,"encoding":"o200k_base"}\n', err: "" });
  assert.equal(asm(["count", file("empty.txt", "")]).out, "0\n");
  assert.equal(asm(["count", file("invalid.txt", Buffer.from([0xff]))]).out, "1\n");
  for (const [name, bytes, hint] of /** @type {const} */ ([["a.gz", [0x1f, 0x8b, 8], /gzip -dc/], ["a.utf16", [0xff, 0xfe, 0x61, 0], /iconv/], ["a.bin", [1, 0, 2], /does not look like text/]])) {
    const { code, out, err } = asm(["count", file(name, Buffer.from(bytes))]);
    assert.equal(code, 0);
    assert.match(out, /^\d+\n$/);
    assert.match(err, hint);
  }
  if (process.platform === "linux") assert.notEqual(asm(["count", "/proc/self/status"]).out, "0\n");
  const unknown = asm(["count", "--encoding", "p50k_base"], { input: "x" });
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /p50k_base is not supported; supported: o200k_base, cl100k_base/);
});

test("standard input is read twice and leaves nothing behind", () => {
  const before = readdirSync(folder);
  const piped = asm(["replay", "-", "--json"], { input: readFileSync(transcript) });
  assert.equal(piped.out, asm(["replay", transcript, "--json"]).out);
  assert.deepEqual(readdirSync(folder), before);
  const nowhere = asm(["replay", "-"], { input: small, env: { TMPDIR: join(folder, "not-there") } });
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.err, /could not be kept in .*not-there.*TMPDIR/);
});

test("what cannot be read says what to do", () => {
  assert.match(asm(["replay", join(folder, "nowhere.jsonl")]).err, /no such file. Check the path/);
  assert.match(asm(["extract", folder]).err, /is a directory. Give one stored session/);
  assert.match(asm(["count", folder]).err, /is a directory. Give one text file/);
  assert.match(asm(["continue", file("none.jsonl", "")]).err, /is empty/);
  assert.match(asm(["replay", file("header.jsonl", '{"type":"session","id":"s"}\n')]).err, /holds no message/);
  const packed = asm(["replay", file("packed.jsonl.zst", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 1, 2]))]);
  assert.match(packed.err, /zstd -dc .*packed\.jsonl\.zst \| node asm\.mjs replay -/);
  for (const words of [["replay", join(folder, "nowhere.jsonl")], ["extract", folder], ["continue", join(folder, "none.jsonl")]]) {
    assert.deepEqual([asm(words).code, asm(words).out], [1, ""], words.join(" "));
  }
});

test("a file that may not be read", { skip: process.getuid?.() === 0 && !existsSync("/usr/bin/setpriv") ? "root reads everything, and there is no setpriv" : false }, () => {
  const path = file("secret.jsonl", small);
  const seen = spawnSync("sh", ["-c", `chmod 000 "$1" && chmod 755 "$2" && ${process.getuid?.() === 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups" : "env"} "$3" --input-type=module -e "
    import { open } from 'node:fs/promises';
    const { openSource } = await import('file://$4');
    await openSource('$1', true, (name, ...values) => [name, ...values].join(' ')).catch((e) => console.log(e.code, e.message));"`, "sh", path, folder, process.execPath, join(root, "pkg/offline/source.js")], { encoding: "utf8" });
  assert.match(seen.stdout, /^1 unreadable .*secret\.jsonl\n$/, seen.stderr);
});

test("garbage is no transcript", () => {
  const garbage = Buffer.from(Array.from({ length: 50_000 }, (_, at) => (at * 7919 + (at >> 3)) % 256));
  const { code, out, err } = asm(["replay", file("garbage", garbage)]);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /is no stored session: no line of it holds a row \(lines: \d+\)/);
  assert.ok(err.split("\n").length <= 6, "the reason is told a few times, not for every line");
  const json = asm(["replay", join(folder, "garbage"), "--json"]);
  assert.equal(json.code, 1);
  assert.equal(rows(json.out).at(-1).type, "summary");
});

test("a truncated file is read up to its last whole line", () => {
  const cut = file("cut.jsonl", readFileSync(transcript).subarray(0, 200_000));
  const { code, err, out } = asm(["replay", cut, "--json"]);
  assert.equal(code, 0);
  assert.match(err, /^line \d+: The file ends in the middle of this line; it was skipped\.\n$/);
  const all = rows(out);
  assert.deepEqual(all.filter((row) => row.type === "diagnostic").map((row) => row.code), ["truncated-line"]);
  assert.equal(all.at(-1).diagnostics, 1);
  assert.equal(asm(["replay", cut, "--strict"]).code, 3);
  assert.equal(asm(["continue", cut, "--strict"]).code, 3);
  assert.equal(JSON.parse(asm(["extract", cut, "--json"]).out).diagnostics[0].code, "truncated-line");
  assert.match(asm(["replay", cut], { env: { LC_ALL: "zh_CN.UTF-8" } }).err, /^第 \d+ 行：文件在该行中间结束；已跳过该行。\n$/);
  assert.equal(asm(["replay", transcript, "--strict"]).code, 0);
});

test("a reordered file is put right, and said so", () => {
  const row = (/** @type {string} */ id, /** @type {string | null} */ parentId, /** @type {string} */ role, /** @type {string} */ text, more = {}) =>
    JSON.stringify({ type: "message", id, parentId, message: { role, content: text, ...more } });
  const inOrder = [row("a", null, "user", "first"), row("b", "a", "assistant", "second", { usage: { input: 8, output: 1 } }), row("c", "b", "user", "third")];
  const header = JSON.stringify({ type: "session", id: "s" });
  const [a = "", b = "", c = ""] = inOrder;
  const straight = asm(["continue", file("straight.jsonl", [header, a, b, c, ""].join("\n"))]);
  const { code, out, err } = asm(["continue", file("mixed.jsonl", [header, b, a, c, ""].join("\n"))]);
  assert.equal(code, 0);
  assert.equal(out, straight.out);
  assert.match(err, /line \d: /);
});

test("deep nesting costs one row", () => {
  const deep = `{"type":"message","message":{"role":"user","content":${"[".repeat(200_000)}${"]".repeat(200_000)}}}\n`;
  const { code, err, out } = asm(["replay", file("deep.jsonl", small + deep + said("user", "after")), "--json"]);
  assert.equal(code, 0);
  assert.match(err, /line 4: /);
  assert.equal(rows(out).at(-1).messages, 3);
});

test("200 MB go through in bounded memory", () => {
  const path = join(folder, "huge.jsonl");
  const body = readFileSync(transcript);
  const handle = openSync(path, "w");
  for (let size = 0; size < 200 * 1024 * 1024; size += body.length) writeSync(handle, body);
  closeSync(handle);
  const script = `import { run } from ${JSON.stringify(`file://${join(root, "pkg/offline/run.js")}`)};
    const code = await run(["replay", ${JSON.stringify(path)}, "--json"]);
    process.stderr.write("rss " + process.resourceUsage().maxRSS + " code " + code + "\\n");`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", maxBuffer: 1 << 28 });
  rmSync(path);
  const [, rss = "", code] = done.stderr.match(/rss (\d+) code (\d)/) ?? [];
  assert.equal(code, "0", done.stderr.slice(-500));
  const copies = Math.ceil((200 * 1024 * 1024) / body.length);
  assert.equal(rows(done.stdout).filter((row) => row.type === "turn").length, 439 * copies);
  // The file never lies in memory whole: the runtime with the core takes less than half of it.
  assert.ok(Number(rss) < 400 * 1024, `${rss} KiB`);
});

test("a reader that has seen enough ends it quietly", async () => {
  const child = spawn(process.execPath, [cli, "replay", transcript, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  let err = "";
  child.stderr.on("data", (piece) => (err += piece));
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((done) => child.once("close", done));
  assert.deepEqual([code, err], [0, ""]);
});

test("interrupted while it keeps standard input, it leaves nothing behind", async () => {
  const place = join(folder, "spool");
  mkdirSync(place);
  const child = spawn(process.execPath, [cli, "replay", "-"], { stdio: ["pipe", "ignore", "pipe"], env: { PATH: process.env.PATH, TMPDIR: place } });
  // Far more than a pipe holds: when it is written, the program is reading.
  await new Promise((done) => child.stdin.write(small.repeat(20_000), done));
  child.kill("SIGINT");
  const signal = await new Promise((done) => child.once("close", (_code, by) => done(by)));
  assert.equal(signal, "SIGINT");
  assert.deepEqual(readdirSync(place), []);
});

test("usage", () => {
  for (const [words, text] of /** @type {[string[], RegExp][]} */ ([
    [[], /node asm\.mjs replay/],
    [["audit", "x"], /unknown command: audit/],
    [["toString"], /unknown command: toString/],
    [["replay"], /which file\?/],
    [["replay", "a", "b"], /b is one too many/],
    [["replay", "a", "--jsno"], /unknown option --jsno\. See: node asm\.mjs replay --help/],
    [["count", "--strict"], /unknown option --strict/],
    [["replay", "a", "--window"], /option --window needs a value/],
    [["replay", "a", "--json=1"], /option --json takes no value/],
  ])) {
    const { code, out, err } = asm(words);
    assert.deepEqual([code, out], [2, ""], words.join(" "));
    assert.match(err, text);
  }
});

test("help and version", () => {
  const { version } = JSON.parse(readFileSync(join(root, "pkg/package.json"), "utf8"));
  assert.deepEqual(asm(["--version"]), { code: 0, out: `${version}\n`, err: "" });
  assert.match(asm(["--help"]).out, /Exit: 0 done; 1 unreadable/);
  assert.match(asm(["help"], { env: { LANG: "zh_CN.UTF-8" } }).out, /退出码/);
  for (const command of ["replay", "extract", "continue", "count"]) {
    const { code, out } = asm([command, "--help"]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^node asm\\.mjs ${command} `));
    assert.ok(out.split("\n").filter((line) => line.includes(`asm.mjs ${command}`)).length >= 3, "with examples");
    assert.equal(asm(["help", command]).out, out);
  }
});

test("every text the shell says is in the catalogue, and every text there is said", async () => {
  const { TEXTS } = await import(`file://${join(root, "pkg/wasm/texts.js")}`);
  const shim = join(root, "js-shim");
  const sources = readdirSync(shim, { recursive: true, encoding: "utf8" }).filter((file) => /\.m?js$/.test(file) && file !== "assemble.mjs");
  const source = sources.map((file) => readFileSync(join(shim, file), "utf8")).join("\n");
  for (const [, name] of source.matchAll(/\bsay\("([A-Za-z_]+)"/g)) assert.ok(TEXTS[name], `${name} is not in the catalogue`);
  // Names that are put together: kinds, reasons, speakers, help of a command; and those of `openclaw asm`'s commands.
  const made = /^(kind|reason|speaker|help)_/;
  const named = new Set(source.match(/"[A-Za-z_0-9]+"/g));
  for (const name of Object.keys(TEXTS)) assert.ok(made.test(name) || named.has(`"${name}"`) || source.includes(`add("${name}`), `nobody says ${name}`);
});
