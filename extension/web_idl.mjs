// Prints the definitions in the standards' Web IDL files as JSON: node web_idl.mjs FILE…

import { listAll } from '@webref/idl';

const files = await listAll();
const parsed = await Promise.all(process.argv.slice(2).map((name) => files[name].parse()));
console.log(JSON.stringify(parsed.flat()));
