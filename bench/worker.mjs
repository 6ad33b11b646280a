// One module's rows, in a process of its own.
import { writeFileSync } from "node:fs";

const [, , module, out, ...groups] = process.argv;
const { rows } = await import(`./rows/${module}.mjs`);
writeFileSync(out, JSON.stringify(await rows(groups)));
process.exit(0);
