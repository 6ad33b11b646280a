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

/** The latest that a timer was which was due or came between two times, milliseconds. */
export function lagMs(from, to) {
  const within = late.filter((l) => l.came >= from && l.due <= to);
  return within.reduce((most, l) => Math.max(most, l.came - l.due), USUAL_MS);
}
