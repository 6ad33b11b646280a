#!/usr/bin/env node
// @ts-check
// The offline command line: looks at stored sessions without a gateway. `node asm.mjs --help` says how.
import { run } from "./offline/run.js";

process.exitCode = await run(process.argv.slice(2));
