// One module's rows, in a process of its own.
import { leave } from "./leave.mjs";

const [, , path, module, ...groups] = process.argv;
const { rows } = await import(`./rows/${module}.mjs`);
leave(path, await rows(groups));
