// How late this machine is: a timer that was due and came late, by the clock of the rehearsal itself. It is all that a
// row's bound is stretched by.
const EVERY_MS = 20;
/** So late comes any timer. */
const USUAL_MS = 2;
const late = [];

let due = performance.now() + EVERY_MS;
function tick() {
  const now = performance.now();
  if (now - due > USUAL_MS) late.push({ due, came: now });
  due = now + EVERY_MS;
  setTimeout(tick, EVERY_MS).unref();
}
setTimeout(tick, EVERY_MS).unref();

/** Two timers of the watchdog's decide when it acts: that of its first look after the fault, and that of its last. */
const TIMERS = 2;

/** By how much as many timers were late at most that were due or came between two times, in all, milliseconds. */
export function lagMs(from, to) {
  const within = late.filter((l) => l.came >= from && l.due <= to).map((l) => l.came - l.due);
  const worst = within.sort((a, b) => b - a).slice(0, TIMERS);
  return worst.reduce((sum, ms) => sum + ms, (TIMERS - worst.length) * USUAL_MS);
}
