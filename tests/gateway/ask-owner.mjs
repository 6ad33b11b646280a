// Command line for whoever watches the gateway: asks its owner for something and waits for the answer.
//   node ask-owner.mjs SOCKET [restart|stop|start]        exit 0 when done, 1 when refused or nobody answers
import { connect } from "node:net";
import { text } from "node:stream/consumers";

const [socketPath, verb = "restart"] = process.argv.slice(2);
if (!socketPath) {
  console.error("usage: ask-owner.mjs SOCKET [restart|stop|start]");
  process.exit(2);
}
const socket = connect(socketPath);
socket.write(`${JSON.stringify({ verb })}\n`);
try {
  const answer = await text(socket);
  console.log(answer.trim());
  process.exitCode = JSON.parse(answer).ok ? 0 : 1;
} catch (error) {
  console.error(`the owner does not answer on ${socketPath}: ${error.message}`);
  process.exitCode = 1;
}
