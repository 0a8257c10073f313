// Writes the code that does what the page does: the chosen options and nothing that is the default anyway.

const LINE = 92; // characters that a line may have before it is broken
const AROUND = 29; // characters that a line has around its call

/** Code for `task` with `options` (for create() and for the call) on `input`; `streams`: by its streaming method. */
export function snippet({ name, variable, method, use }, options, input, streams) {
  const create = `const ${variable} = await ${name}.create(`;
  const call = `${variable}.${streams ? `${method}Streaming` : method}(input`;
  return [
    `${create}${dictionary(options.create, create.length)});`,
    `const input = ${literal(input)};`,
    ...(streams ? streamed(called(call, options)) : use(`await ${called(call, options)}`)),
  ].join('\n');
}

function streamed(call) {
  return [`for await (const chunk of ${call}) {`, '  document.body.append(chunk);', '}'];
}

function called(call, options) {
  const isPlain = Object.keys(options.call).length === 0;
  return isPlain ? `${call})` : `${call}, ${dictionary(options.call, AROUND + call.length)})`;
}

/** `options` behind so many characters of their line; nothing where there are none. */
function dictionary(options, before) {
  return Object.keys(options).length === 0 ? '' : literal(options, '', before);
}

/** `value` as JavaScript behind `before` characters of its line; lists and objects in one line where they fit. */
export function literal(value, indent = '', before = indent.length) {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return String(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{ ', ' }'];
  const flat = `${open}${members(value, indent).join(', ')}${close}`;
  if (before + flat.length <= LINE && !flat.includes('\n')) return flat;
  const deeper = `${indent}  `;
  return [open.trim(), ...members(value, deeper).map((member) => `${deeper}${member},`), `${indent}${close.trim()}`].join('\n');
}

function members(value, indent) {
  if (Array.isArray(value)) return value.map((each) => literal(each, indent));
  return Object.entries(value).map(([name, each]) => `${key(name)}: ${literal(each, indent)}`);
}

function key(name) {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name);
}

/** In single quotes, and harmless inside a script element too. */
function quoted(text) {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('</', '<\\/').replaceAll('<!--', '<\\!--')}'`;
}
