// @ts-check
// One call to the gateway over its own loopback WebSocket, with the operator's token: the only way for a plugin to
// open a new context.

const DEADLINE_MS = 10_000;

/**
 * Where the gateway listens and how to be let in; undefined where no token is to be had.
 * @param {any} config the host's configuration
 * @param {number} [port] as the gateway told it
 */
export function gatewayAccess(config, port) {
  const auth = config?.gateway?.auth ?? {};
  const secret = (/** @type {unknown} */ value) => (typeof value === "string" && value ? value : undefined);
  const token = secret(process.env.OPENCLAW_GATEWAY_TOKEN) ?? secret(auth.token);
  const password = secret(process.env.OPENCLAW_GATEWAY_PASSWORD) ?? secret(auth.password);
  if (!token && !password) return undefined;
  const where = port ?? (Number(process.env.OPENCLAW_GATEWAY_PORT) || config?.gateway?.port || 18789);
  return { url: `ws://127.0.0.1:${where}`, auth: token ? { token } : { password } };
}

/**
 * Calls one method and closes. Rejects with the gateway's own words, or when the deadline passes.
 * @param {{url: string, auth: object}} access
 * @param {string} method
 * @param {object} params
 * @param {string} version of this plugin
 * @param {import("./texts.js").Say} say
 * @param {() => boolean} [still] asked when connected, just before the call is sent
 * @returns {Promise<any>}
 */
export function callGateway(access, method, params, version, say, still = () => true) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(access.url);
    const timer = setTimeout(() => end(new Error(say("gatewayLate", method))), DEADLINE_MS);
    const end = (/** @type {Error | undefined} */ error, /** @type {unknown} */ value = undefined) => {
      clearTimeout(timer);
      try {
        socket.close();
      } catch {
        // Already closed.
      }
      if (error) reject(error);
      else resolve(value);
    };
    const send = (/** @type {string} */ id, /** @type {string} */ name, /** @type {object} */ body) =>
      socket.send(JSON.stringify({ type: "req", id, method: name, params: body }));
    const connect = () =>
      send("connect", "connect", {
        minProtocol: 4,
        maxProtocol: 4,
        client: { id: "gateway-client", mode: "backend", platform: process.platform, version },
        role: "operator",
        scopes: ["operator.admin", "operator.read", "operator.write"],
        auth: access.auth,
      });
    socket.onerror = () => end(new Error(say("gatewayUnreached", access.url)));
    socket.onclose = () => end(new Error(say("gatewayClosed")));
    const heard = (/** @type {any} */ frame) => {
      if (frame.type === "event" && frame.event === "connect.challenge") return connect();
      if (frame.type !== "res") return;
      if (!frame.ok) return end(new Error(frame.error?.message ?? say("gatewayRefused", frame.id)));
      if (frame.id !== "connect") return end(undefined, frame.payload);
      if (!still()) return end(new Error(say("busyAgain")));
      send("call", method, params);
    };
    socket.onmessage = ({ data }) => {
      // Thrown in a listener, an error would be the process's.
      try {
        heard(JSON.parse(String(data)));
      } catch (error) {
        end(/** @type {Error} */ (error));
      }
    };
  });
}
