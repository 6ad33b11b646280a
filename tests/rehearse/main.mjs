// `make rehearse`: every row of the table of faults on the real gateway, or over real sockets and signals where it cannot
// be made to show the fault. ROWS=1,2,17 plays some of them, CASE=systemd,newer those of their cases that say so; ONE_BY_ONE=yes
// one after another, for a machine that has no room for more. Exit 0 when all hold.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireHost, repository } from "../gateway/host.mjs";
import { tarball } from "../gateway/plugin.mjs";
import { startModel } from "../model/server.mjs";
import { internet } from "./internet.mjs";
import { footprint } from "./footprint.mjs";
import { channelLab, endOrphans, realLab, standIn, telegram } from "./labs.mjs";
import { playRow } from "./play.mjs";
import { tell, write } from "./report.mjs";
import { aloneRows } from "./rows/alone.mjs";
import { asItWas, channelReady, channelRows, forgive } from "./rows/channels.mjs";
import { plainRows } from "./rows/plain.mjs";
import { processRows, stuckRows } from "./rows/process.mjs";
import { standInRows } from "./rows/standins.mjs";
import { systemdRows, systemdStandInRows } from "./rows/systemd.mjs";
import { noSystemd } from "./systemd.mjs";
import { binary } from "./watchdog.mjs";

const began = performance.now();
const wanted = new Set((process.env.ROWS ?? "").split(/[ ,]+/).filter(Boolean).map(Number));
const someCase = (process.env.CASE ?? "").split(",").filter(Boolean);
const chosen = (plays) => plays.filter((p) => (wanted.size === 0 || wanted.has(p.row)) && (someCase.length === 0 || someCase.some((c) => p.case?.includes(c))));
const out = join(repository, "target", "rehearse");
const results = [];
const figures = {};
const labs = new Set();
let net;

function say(text) {
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}

async function play(row, lab) {
  const name = `row ${row.row}${row.case ? ` (${row.case})` : ""}`;
  say(`${name} begins`);
  const result = await playRow(row, lab);
  results.push(result);
  writeFileSync(join(out, "results.json"), JSON.stringify(results, null, 1));
  say(tell(result));
}

/** On a gateway with a channel of its own, so that no row disturbs it. */
async function cost(lab) {
  if (wanted.size) return;
  const near = await internet({ near: true });
  try {
    await lab.owner.stop(2000);
    await lab.editConfig(telegram(near));
    await lab.start();
    await channelReady(lab);
    say("the footprint");
    await measure(lab);
  } finally {
    await near.close();
  }
}

async function measure(lab) {
  figures.footprint = await footprint(lab);
  for (const { what, value, unit, goal, holds, why } of figures.footprint) say(`${holds ? "✓" : "✗"} ${what}: ${value} ${unit} (${goal}) ${why ?? ""}`);
}

/** A row that cannot be played at all fails with the reason. */
function unplayed(rows, error) {
  for (const row of rows) results.push({ row: row.row, case: row.case, by: row.by, holds: false, why: [`not played: ${error.message.slice(0, 300)}`], acts: [], wrong: [], verdicts: [], notes: [] });
}

/** Rows on one real gateway, one after another; those of `last` once `others` have ended. */
async function onOne(rows, makeLab, { between = () => {}, others = Promise.resolve(), last = [], after = () => {} } = {}) {
  const first = chosen(rows);
  const left = [...first, ...chosen(last)];
  if (left.length === 0) return;
  let lab;
  try {
    lab = await makeLab();
    labs.add(lab);
    // The first rows may want a gateway that has never been there.
    while (left.length) {
      if (lab.owner.pid === undefined && ![23, 13].includes(left[0].row)) await lab.start();
      if (!(await standing(lab))) await afresh(lab);
      if (lab.owner.pid !== undefined) await between(lab);
      endOrphans(lab.home);
      if (last.includes(left[0])) await others;
      await play(left[0], lab);
      left.shift();
    }
    await after(lab);
  } catch (error) {
    say(`the lab is gone: ${error.message}`);
    unplayed(left, error);
  } finally {
    await lab?.stop();
    labs.delete(lab);
  }
}

/** Whether the gateway is as a row expects it: up, or never started. */
async function standing(lab) {
  if (lab.owner.pid === undefined) return true;
  const { status } = await lab.probe("healthz");
  return status === 200;
}

/** A row left it ill: it is ended first, so that there are never two. */
async function afresh(lab) {
  await lab.owner.stop(2000);
  await lab.start();
}

/** Rows on stand-ins of their own, some at a time. */
async function onStandIns(rows, atOnce) {
  const queue = [...chosen(rows)];
  const work = async () => {
    for (let row = queue.shift(); row; row = queue.shift()) {
      try {
        const lab = await standIn(row.lab);
        labs.add(lab);
        await play(row, lab);
        await lab.stop();
        labs.delete(lab);
      } catch (error) {
        unplayed([row], error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function end() {
  for (const lab of labs) await lab.stop().catch(() => {});
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => end().then(() => net?.close()).finally(() => process.exit(130)));
process.on("uncaughtException", (error) => {
  console.error(error);
  process.exitCode = 1;
  Promise.all([end(), net?.close()]).finally(() => process.exit(1));
});

requireHost();
if (!binary) throw new Error("no asm-watchdog: run `make pack` or `cargo build` first");
mkdirSync(out, { recursive: true });
say(`the watchdog is ${binary}`);
const model = await startModel();
net = await internet();
const telegramLab = async () => {
  const lab = await channelLab(net, { modelUrl: model.url, plugin: tarball() });
  await lab.hire();
  return lab;
};
const processLab = async () => {
  const lab = await realLab({ modelUrl: model.url, plugin: tarball() });
  await lab.hire();
  return lab;
};
/** The same under a real systemd, where one can be had. */
const systemdLab = async () => {
  const lab = await realLab({ modelUrl: model.url, plugin: tarball(), systemd: true });
  await lab.hire();
  return lab;
};
const without = noSystemd();
if (without) figures.notes = [`not played with a real systemd as the owner: ${without}`];
for (const note of figures.notes ?? []) say(note);
const underSystemd = without ? [] : systemdRows({ figures });
/** Each row finds the channel up, and no crash counted against the gateway. */
const between = async (lab) => {
  forgive(lab);
  await asItWas(lab, net);
};
const oneByOne = Boolean(process.env.ONE_BY_ONE);
/** Three gateways at once, the stand-ins beside them; each lane is about as long as the others. */
const lanes = [
  () => onStandIns([...standInRows(), ...(without ? [] : systemdStandInRows())], oneByOne ? 1 : 3),
  () => onOne(processRows({ model, figures }), processLab, { between: forgive }),
  async () => {
    await onOne([...plainRows({ model }), ...stuckRows({ figures })], processLab, { between: forgive, after: without ? cost : undefined });
    await onOne(underSystemd, systemdLab, { between: forgive, after: cost });
  },
];
try {
  let others = Promise.resolve();
  if (oneByOne) for (const lane of lanes) await lane();
  else others = Promise.all(lanes.map((lane) => lane()));
  await Promise.all([others, onOne(channelRows({ net }), telegramLab, { between, others, last: aloneRows() })]);
} finally {
  await end();
  await model.close();
  await net.close();
}
figures.took_s = (performance.now() - began) / 1000;
const holds = write(join(out, "report.json"), results, figures, wanted);
say(holds ? "all rows hold" : "not all rows hold");
process.exitCode = holds ? 0 : 1;
