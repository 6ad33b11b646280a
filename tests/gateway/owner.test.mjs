// The owner without a gateway: what it does about exits, stubbornness, and the death of the one it works for.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { node } from "./host.mjs";
import { hireOwner } from "./ownership.mjs";

const STUBBORN = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('up')";
const POLITE = "setInterval(() => {}, 1e6); console.log('up')";
const cleanups = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function hire(code, more = {}) {
  const home = await mkdtemp(join(tmpdir(), "asm-owner-"));
  cleanups.push(() => rm(home, { recursive: true, force: true }));
  const plan = { command: node, args: ["-e", code], env: process.env, cwd: home, politeMs: 300, ...more };
  const owner = await hireOwner({ ...plan, outputFile: join(home, "out"), socket: join(home, "owner.sock") });
  cleanups.unshift(() => owner.dismiss());
  return owner;
}

test("what dies is started again", async () => {
  const owner = await hire(POLITE);
  const { pid } = await owner.start();
  const again = once(owner, "started");
  await owner.signal("SIGKILL");
  assert.notEqual((await again)[0].pid, pid);
});

test("what does not listen is killed at the bound, and only then", async () => {
  const owner = await hire(STUBBORN);
  const { pid } = await owner.start();
  await owner.signal("SIGSTOP");
  assert.equal((await owner.restart()).forced, true);
  assert.equal(alive(pid), false);
  const polite = await hire(POLITE, { politeMs: 60_000 });
  await polite.start();
  assert.deepEqual(await polite.stop().then(({ ok, forced }) => ({ ok, forced })), { ok: true, forced: false });
});

test("one that wakes what it stops is heard by what was stopped by a signal", async () => {
  const owner = await hire(POLITE, { politeMs: 60_000, wakes: true });
  const { pid } = await owner.start();
  await owner.signal("SIGSTOP");
  assert.equal((await owner.stop()).forced, false);
  assert.equal(alive(pid), false);
});

test("an exit that trying again cannot help is not tried again", async () => {
  const owner = await hire("process.exit(78)");
  const gaveUp = once(owner, "gave-up");
  await owner.start();
  assert.equal((await gaveUp)[0].code, 78);
});

test("endless exits are not answered for ever", async () => {
  const owner = await hire("process.exit(1)");
  let starts = 0;
  owner.on("started", () => (starts += 1));
  const gaveUp = once(owner, "gave-up");
  await owner.start();
  await gaveUp;
  assert.equal(starts, 5);
});

test("when the one who hired it is killed, everything goes", async () => {
  const home = await mkdtemp(join(tmpdir(), "asm-owner-"));
  cleanups.push(() => rm(home, { recursive: true, force: true }));
  const plan = { command: node, args: ["-e", STUBBORN], env: {}, cwd: home, politeMs: 60_000, removeWhenAbandoned: home };
  const files = { outputFile: join(home, "out"), socket: join(home, "owner.sock") };
  const script = join(home, "employer.mjs");
  await writeFile(
    script,
    `import { hireOwner } from ${JSON.stringify(new URL("ownership.mjs", import.meta.url).href)};
     const owner = await hireOwner(${JSON.stringify({ ...plan, ...files })});
     console.log((await owner.start()).pid);
     setInterval(() => {}, 1e6);`,
  );
  const employer = spawn(node, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(employer.stdout.setEncoding("utf8"), "data");
  const pid = Number(line);
  assert.ok(alive(pid));
  employer.kill("SIGKILL");
  await until(() => !alive(pid) && !existsSync(home));
});

function alive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Polls for what no event tells us of: the state of processes that are not our children. */
async function until(holds, timeoutMs = 20_000) {
  const deadline = performance.now() + timeoutMs;
  while (!holds()) {
    assert.ok(performance.now() < deadline, `did not come true in ${timeoutMs} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
