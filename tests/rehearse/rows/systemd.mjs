// The gateway as most people run it: a unit of a real systemd user manager, which the watchdog finds by itself.
import { acts } from "../play.mjs";
import { check, until } from "../wait.mjs";
import { replied, restarted } from "./common.mjs";
import { owners } from "./profiles.mjs";

/** Nobody told the watchdog how to restart it. */
const FOUND = { restart: null };

/** The restarts were systemd's, by the watchdog's word and by systemd's own. */
async function bySystemd(s, before) {
  const { program } = s.watchdog.event("restart", undefined, s.onset);
  check(program === "systemctl", `the restart was asked of ${program}`);
  check((await s.lab.owner.show("ActiveState")) === "active", "the unit is not active");
  check(s.lab.owner.pid !== before, "the unit runs the same process");
  check(!s.watchdog.event("kill", undefined, s.onset), "it was killed, although systemd wakes what it stops");
  return `systemctl restarted the unit: process ${before} before, ${s.lab.owner.pid} after`;
}

const frozen = (figures) => async (s) => {
  await s.watch(FOUND);
  const { pid } = s.lab.owner;
  let started;
  s.lab.owner.once("started", () => (started = performance.now()));
  await s.lab.owner.signal("SIGSTOP");
  s.begin();
  await restarted(s);
  const proved = await bySystemd(s, pid);
  await replied(s, figures, started);
  return proved;
};

/** The unit says `Restart=no`, so what is killed stays down. */
async function killed(s) {
  await s.watch(FOUND);
  const { pid } = s.lab.owner;
  await s.lab.owner.leave();
  s.begin();
  await s.lab.owner.signal("SIGKILL");
  await until("systemd's word", async () => (await s.lab.owner.show("ActiveState")) === "failed");
  await restarted(s);
  return bySystemd(s, pid);
}

/** The unit was changed into one that starts nothing: `systemctl restart` succeeds. */
async function lies(s) {
  await s.watch({ ...FOUND, settings: { verifySeconds: 60 } });
  const { owner } = s.lab;
  await owner.amend("[Service]\nExecStart=\nExecStart=/bin/true\nType=oneshot\nRemainAfterExit=yes\nRestart=no\n");
  s.begin();
  await owner.signal("SIGKILL");
  await s.watchdog.wait("escalate", undefined, { from: s.onset, timeoutMs: s.limitMs + 10_000 });
  const { said } = s.watchdog;
  const failed = said.filter((l) => l.event === "restart-failed").map((l) => l.outcome.how);
  check(failed.length === 3 && failed.every((how) => how === "no-new-boot"), `counted as ${failed.join(", ")}`);
  check(acts(said, s.onset).filter(({ act }) => act === "restart").length === 3, "not three tries");
  return "systemctl restart succeeded three times, and each was counted as no-new-boot";
}

/** In this order; on a real gateway. */
export function systemdRows({ figures }) {
  const row = (number, run) => ({ row: number, by: "real", case: "systemd", run });
  return [row(1, frozen(figures)), row(6, killed)];
}

/** The same owner over a stand-in, which is all that a command that lies needs. */
export function systemdStandInRows() {
  const by = "stand-in under a real systemd: three boots in a row would trip the host's breaker";
  const two = { case: "each finds its own owner, systemd", must: "restart", demands: ["hung"], verdicts: ["hung"] };
  return [
    { row: 27, by, case: "systemd", run: lies, lab: { systemd: true }, may: ["restart", "alert"] },
    { row: 44, by: "stand-ins under a real systemd: two real gateways would prove no more", run: owners, lab: { systemd: true }, ...two },
  ];
}
