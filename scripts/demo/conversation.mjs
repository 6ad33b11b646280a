// What is said in the demo: a dozen facts in two languages among ordinary talk, and what must be carried.

/** Each message, and the literal in it that must be in the memory block. */
export const FACTS = [
  ["Help me move the billing service of our shop from MySQL to PostgreSQL before the end of November.", "PostgreSQL"],
  ["We decided to use PostgreSQL 16 with logical replication for the move.", "PostgreSQL 16"],
  ["Rule: never deploy on a Friday.", "Friday"],
  ["The staging database is at db.staging.internal:5433.", "db.staging.internal:5433"],
  ["I prefer short answers with the command first.", "short answers"],
  ["TODO: write the rollback script for the invoices table.", "rollback script"],
  ["No, the replication slot is not billing_old, it is billing_slot_7.", "billing_slot_7"],
  ["我们决定用 Redis 7 做会话缓存，过期时间 30 分钟。", "Redis 7"],
  ["规则：任何时候都不要直接修改生产库的 orders 表。", "orders"],
  ["请记得在周三之前把备份脚本放到 /srv/backup/nightly.sh。", "/srv/backup/nightly.sh"],
  ["工单号是 BILL-2047，所有提交都要写上它。", "BILL-2047"],
  ["切换窗口到底定在几点，还没有人确认？", "切换窗口"],
];

/** A key that must never be stored or sent on. */
export const SECRET = "sk-ant-api03-DEMO0123456789abcdefghijklmnopqrstuvwxyzABCDEF";

const TOPICS = ["weather in Lisbon", "train timetable", "soup recipe", "garden fence", "museum tour", "bicycle chain"];

/** Ordinary talk of about `sentences` sentences that holds no fact. */
export function talk(n, sentences = 24) {
  const topic = TOPICS[n % TOPICS.length];
  const line = `People at the table talked about the ${topic} again, and it was a pleasant evening with little of note. `;
  return `Small talk ${n}: ${line.repeat(sentences)}`;
}
