// A core that traps: replies still arrive, and one line says what to do.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { messageText, startModel } from "../model/server.mjs";
import { repository } from "./host.mjs";
import { startGateway } from "./lab.mjs";
import { MAIN, granted, logLines, tarball } from "./plugin.mjs";

const run = promisify(execFile);
let model, lab, folder;

/** The tarball, with every export that takes events replaced by one that traps. */
async function trapping() {
  folder = await mkdtemp(join(tmpdir(), "asm-trap-"));
  await run("tar", ["xzf", tarball(), "-C", folder]);
  const wasm = join(folder, "package", "wasm", "asm_bg.wasm");
  const require = createRequire(join(repository, ".tools", "npm", "x.js"));
  const { default: binaryen } = await import(pathToFileURL(require.resolve("binaryen")).href);
  const module = binaryen.readBinary(await readFile(wasm));
  const f = binaryen.Features;
  // Those the build uses: the newest would be written in forms that V8 does not read yet.
  module.setFeatures(f.BulkMemory | f.BulkMemoryOpt | f.CallIndirectOverlong | f.MutableGlobals | f.Multivalue | f.NontrappingFPToInt | f.ReferenceTypes | f.SignExt | f.SIMD128);
  for (let i = 0; i < module.getNumExports(); i += 1) {
    const info = binaryen.getExportInfo(module.getExportByIndex(i));
    if (info.name !== "asm_step") continue;
    const { params, results } = binaryen.getFunctionInfo(module.getFunction(info.value));
    module.removeFunction(info.value);
    module.addFunction(info.value, params, results, [], module.unreachable());
  }
  assert.ok(module.validate());
  await writeFile(wasm, module.emitBinary());
  await run("tar", ["czf", join(folder, "trap.tgz"), "-C", folder, "package"]);
  return join(folder, "trap.tgz");
}

before(async () => {
  model = await startModel();
  lab = await startGateway({ modelUrl: model.url, politeMs: 2_000, plugin: await trapping(), configAfterInstall: granted });
});
after(async () => {
  await lab?.stop();
  await model?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("replies arrive, compaction works, and exactly one line says what to do", async () => {
  model.on(/are you there/, "I am here.", { times: 1 });
  assert.equal(messageText((await lab.client.chatSend("Well, are you there?", MAIN)).message), "I am here.");
  for (let n = 0; n < 3; n += 1) await lab.client.chatSend(`And turn ${n}.`, MAIN);
  assert.match(messageText((await lab.client.chatSend("/compact", MAIN)).message), /ompact/);
  const status = messageText((await lab.client.chatSend("/asm status", MAIN)).message);
  assert.match(status, /disabled/, (await lab.output()).split("\n").filter((line) => line.includes("auto-session")).join("\n"));
  const lines = (await lab.output()).split("\n").filter((line) => line.includes("disabled after a fault"));
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0], /openclaw plugins reload auto-session-manager/);
  assert.equal(logLines(lab.stateDir).filter((line) => line.code === "core").length, 1);
});
