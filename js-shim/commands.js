// @ts-check
// What people ask the running plugin: `/asm` in a chat, and the gateway methods behind `openclaw asm`.
import { shared } from "./shared.js";
import { tell } from "./tell.js";

/** @param {import("./wasm/asm.js").Effect[]} effects */
function reply(effects) {
  return effects.find((effect) => effect.type === "reply")?.text;
}

export function registerCommands(/** @type {any} */ api) {
  api.registerCommand({
    name: "asm",
    description: "Session memory: status, save, context, explain, pause, resume / 会话记忆：状态、保存、上下文、解释、暂停、恢复",
    acceptsArgs: true,
    handler(/** @type {any} */ ctx) {
      const { agentId, sessionKey, sessionId } = ctx;
      const text = reply(tell({ type: "command", ctx: { agentId, sessionKey, sessionId }, words: ctx.args ?? "" }));
      return { text: text ?? shared().say("disabled") };
    },
  });
  for (const method of ["sessions", "status", "save"]) {
    const scope = method === "save" ? "operator.write" : "operator.read";
    const answer = (/** @type {any} */ { params, respond }) => {
      const sessionKey = typeof params?.sessionKey === "string" ? params.sessionKey : undefined;
      const lang = typeof params?.lang === "string" ? params.lang : undefined;
      const text = reply(tell({ type: "ask", method, ctx: { sessionKey } }, { lang }));
      if (text === undefined) return respond(false, undefined, { code: "UNAVAILABLE", message: shared().say("disabled") });
      respond(true, JSON.parse(text));
    };
    api.registerGatewayMethod(`asm.${method}`, answer, { scope });
  }
}
