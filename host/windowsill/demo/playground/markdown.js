// Shows Markdown as elements: headings, lists, quotes, code and emphasis, which is what models write. What it does not know
// stays as it was written. Nothing is parsed as HTML, no image is fetched, and an address is shown but leads nowhere, as
// a model's words are not the page's.

import { make } from './dom.js';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;

/** The first code, emphasis or link of a text; what is within emphasis and links is looked through again. */
const INLINE = new RegExp(
  [
    /(?<ticks>`+)(?<code>.+?)\k<ticks>(?!`)/,
    /\*\*(?=\S)(?<strong>.+?)(?<=\S)\*\*/,
    /(?<!\w)__(?=\S)(?<under>.+?)(?<=\S)__(?!\w)/,
    /\*(?=\S)(?<em>[^*]+?)(?<=\S)\*/,
    /(?<!\w)_(?=\S)(?<slant>[^_]+?)(?<=\S)_(?!\w)/,
    /\[(?<label>[^\]]+)\]\((?<target>[^)\s]+)\)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  's',
);
const DEPTH = 8; // quotes in quotes that are laid out; a model may write thousands

/** Elements for `text`, which may end anywhere, as a stream's does. */
export function rendered(text, depth = 0) {
  const blocks = document.createDocumentFragment();
  const lines = text.split(/\r\n?|\n/);
  while (lines.length > 0) {
    if (lines[0].trim() === '') lines.shift();
    else blocks.append(block(lines, depth));
  }
  return blocks;
}

/** Takes the lines of one block off `lines`. */
function block(lines, depth) {
  if (FENCE.test(lines[0])) return fenced(lines);
  if (RULE.test(lines[0])) {
    lines.shift();
    return make('hr');
  }
  const heading = HEADING.exec(lines[0]);
  if (heading) {
    lines.shift();
    // Below the page's own headings.
    return make(`h${Math.min(heading[1].length + 2, 6)}`, { dir: 'auto' }, ...inline(heading[2]));
  }
  if (QUOTE.test(lines[0]) && depth < DEPTH) return make('blockquote', {}, rendered(quoted(lines), depth + 1));
  if (ITEM.test(lines[0])) return list(lines);
  return paragraph(lines);
}

function fenced(lines) {
  const [, fence] = FENCE.exec(lines.shift());
  const end = lines.findIndex((line) => line.trim().startsWith(fence));
  const code = lines.splice(0, end === -1 ? lines.length : end);
  lines.shift();
  return make('pre', {}, make('code', {}, code.join('\n')));
}

function paragraph(lines) {
  const end = lines.findIndex((line, at) => at > 0 && interrupts(line));
  return make('p', { dir: 'auto' }, ...inline(lines.splice(0, end === -1 ? lines.length : end).join('\n')));
}

function interrupts(line) {
  return line.trim() === '' || [FENCE, HEADING, ITEM, QUOTE, RULE].some((start) => start.test(line));
}

/** A list with the lists in its items; an item's text goes on until something else begins. */
function list(lines) {
  const [, indent, number] = ITEM.exec(lines[0]);
  const made = make(number === undefined ? 'ul' : 'ol', number === undefined ? {} : { start: number });
  while (lines.length > 0) {
    if (lines[0].trim() === '' && ITEM.test(lines[1] ?? '')) lines.shift();
    const item = ITEM.exec(lines[0]);
    if (item === null || item[1].length < indent.length || RULE.test(lines[0])) break;
    if (item[1].length > indent.length + 1) {
      made.lastElementChild.append(list(lines));
    } else if ((item[2] === undefined) !== (number === undefined)) {
      break;
    } else {
      const [, , , first] = item;
      lines.shift();
      const end = lines.findIndex(interrupts);
      const rest = lines.splice(0, end === -1 ? lines.length : end).map((line) => line.trim());
      made.append(make('li', { dir: 'auto' }, ...inline([first, ...rest].join('\n'))));
    }
  }
  return made;
}

/** Takes a quote's lines off `lines`, and gives what is quoted. */
function quoted(lines) {
  const end = lines.findIndex((line) => !QUOTE.test(line));
  return lines
    .splice(0, end === -1 ? lines.length : end)
    .map((line) => QUOTE.exec(line)[1])
    .join('\n');
}

function inline(text) {
  const parts = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found !== null; found = INLINE.exec(rest)) {
    parts.push(rest.slice(0, found.index), emphasis(found.groups));
    rest = rest.slice(found.index + found[0].length);
  }
  return [...parts, rest];
}

function emphasis({ code, strong, under, em, slant, label, target }) {
  if (code !== undefined) return make('code', {}, code);
  if (label !== undefined) return make('span', { class: 'link', title: target }, ...inline(label));
  if (strong !== undefined || under !== undefined) return make('strong', {}, ...inline(strong ?? under));
  return make('em', {}, ...inline(em ?? slant));
}
