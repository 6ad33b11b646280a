// `make soak`: the watchdog with its default settings on a healthy gateway for MINUTES (60): memory and processor, each
// second in target/soak/log.ndjson, and what they come to. Exit 0 when both stay within their bounds and nothing was done.
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository, requireHost } from "../gateway/host.mjs";
import { startModel } from "../model/server.mjs";
import { cpuPercent, shipped, watchQuietly } from "./footprint.mjs";
import { realLab } from "./labs.mjs";

const minutes = Number(process.env.MINUTES || 60);
const out = join(repository, "target", "soak");

/** Least squares, per hour. */
function slope(values) {
  const n = values.length;
  const mean = (list) => list.reduce((a, b) => a + b, 0) / n;
  const [mx, my] = [(n - 1) / 2, mean(values)];
  const top = values.reduce((sum, y, x) => sum + (x - mx) * (y - my), 0);
  const bottom = values.reduce((sum, _, x) => sum + (x - mx) ** 2, 0);
  return (top / bottom) * 3600;
}

requireHost();
mkdirSync(out, { recursive: true });
const model = await startModel();
const lab = await realLab({ modelUrl: model.url });
const log = createWriteStream(join(out, "log.ndjson"));
try {
  await lab.start();
  console.log(`a healthy gateway is watched for ${minutes} minutes by ${shipped()}`);
  const seen = [];
  await watchQuietly(lab, minutes * 60_000, (u) => {
    seen.push(u);
    log.write(`${JSON.stringify({ at_s: seen.length, ...u })}\n`);
    if (seen.length % 300 === 0) console.log(`${seen.length / 60} min: ${u.resident_kb} kB`);
  });
  const kb = seen.map((u) => u.resident_kb);
  const journal = readFileSync(join(lab.stateDir, "logs", "asm_watchdog.log"), "utf8").trim().split("\n").map((l) => JSON.parse(l));
  const acts = journal.filter((l) => ["restart", "escalate", "channel"].includes(l.event)).map((l) => l.event);
  const report = {
    version: 1,
    minutes,
    resident_kb: { start: kb[0], median: [...kb].sort((a, b) => a - b)[kb.length >> 1], max: Math.max(...kb), slope_per_hour: Math.round(slope(kb.slice(3)) * 10) / 10 },
    cpu_percent: Math.round(cpuPercent(seen, minutes * 60_000) * 10_000) / 10_000,
    verdicts: journal.filter((l) => l.event === "verdict").map((l) => l.verdict),
    acts,
  };
  report.holds = report.resident_kb.max < 6 * 1024 && report.cpu_percent < 0.05 && acts.length === 0;
  writeFileSync(join(out, "report.json"), JSON.stringify(report, null, 1));
  console.log(JSON.stringify(report, null, 1));
  process.exitCode = report.holds ? 0 : 1;
} finally {
  log.end();
  await lab.stop();
  await model.close();
}
